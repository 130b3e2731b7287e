import { createHash } from 'node:crypto';

/** The partition of a key: the same in every process and for ever. */
export function partitionOf(key: string, partitions: number): number {
  return createHash('sha256').update(key).digest().readUInt32BE(0) % partitions;
}
