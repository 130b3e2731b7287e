import { hash, randomFillSync } from 'node:crypto';

declare const brand: unique symbol;
/** A string that only its own constructor makes; converted once, at the edge. */
export type Branded<Name extends string> = string & { readonly [brand]: Name };

export type UserId = Branded<'UserId'>;
export type OrderId = Branded<'OrderId'>;
export type WalletId = Branded<'WalletId'>;
export type TransactionId = Branded<'TransactionId'>;
export type ExecutionId = Branded<'ExecutionId'>;
export type MessageId = Branded<'MessageId'>;
export type SessionKey = Branded<'SessionKey'>;

/** Any of our ids: a UUID in lower case. */
export const idPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Whether a text from outside can be kept and compared as it is: PostgreSQL stores no NUL, and half
 * of a surrogate pair becomes U+FFFD in UTF-8, so that different texts would be the same key.
 */
export const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

/** A new UUID version 7 (RFC 9562): sortable by the millisecond in which it was made. */
export function newId<Id extends string>(now: number = Date.now()): Id {
  if (taken === pool.length) {
    randomFillSync(pool);
    taken = 0;
  }
  const bytes = pool.subarray(taken, (taken += 16));
  bytes.writeUIntBE(now, 0, 6);
  return uuid<Id>(bytes, 7);
}

/** Random bytes by the page: asking the system for each id alone costs more than the id. */
const pool = Buffer.alloc(4_096);
let taken = pool.length;

/**
 * A UUID version 8 made from facts, so that a replay of the same facts finds itself.
 * @param namespace what the id names, for example `transaction`
 */
export function deterministicId<Id extends string>(
  namespace: string,
  ...facts: readonly string[]
): Id {
  const digest = hash('sha256', JSON.stringify([namespace, ...facts]), 'buffer');
  return uuid<Id>(digest.subarray(0, 16), 8);
}

function uuid<Id extends string>(bytes: Buffer, version: number): Id {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ];
  return parts.join('-') as Id;
}
