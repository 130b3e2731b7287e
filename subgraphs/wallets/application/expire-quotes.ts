import type { Clock } from '#kit/clock.ts';
import type { Transactional } from './ports.ts';

/** Releases what was held for quotes that nobody took in time. @returns how many were due */
export async function expireQuotes(
  { transactional, clock }: { readonly transactional: Transactional; readonly clock: Clock },
  limit: number,
): Promise<number> {
  const at = clock();
  return transactional(async ({ ledger }) => {
    const due = await ledger.expiredQuotes(at, limit);
    if (due.length === 0) return 0;
    // One that was taken meanwhile answers that it is over, which is as good.
    await ledger.apply(
      due.map((hold) => ({ do: 'release', hold, expired: true }) as const),
      at,
    );
    return due.length;
  });
}
