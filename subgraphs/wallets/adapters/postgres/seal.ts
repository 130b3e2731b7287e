import { Fault } from '#kit/errors.ts';
import type { EntityManager } from '#kit/orm.ts';

/** The head of the journal's chain. */
export interface Seal {
  /** How many transactions were sealed now. */
  readonly sealed: number;
  /** How many are sealed in all. */
  readonly position: number;
  /** SHA-256 over all of them, in hex. */
  readonly hash: string;
}

/** Seals what is complete, the oldest first, `most` transactions at most. */
export async function sealJournal(em: EntityManager, most: number): Promise<Seal> {
  const rows = await em.execute<{ seal: Seal }[]>('select ledger_seal(?) as seal', [most]);
  const seal = rows[0]?.seal;
  if (!seal) throw new Fault('ledger_seal answered nothing');
  return seal;
}
