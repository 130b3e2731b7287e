import { Refusal } from '#kit/errors.ts';
import { formatAmount } from '#kit/money.ts';
import type { Movement, PagePosition, TimeAxis, WalletRecord } from './ports.ts';
import type { LedgerSource } from './view-ledger.ts';

/** A wallet's movements from `from` on and before `to`. */
export interface Statement {
  readonly wallet: WalletRecord;
  readonly from: Date;
  readonly to: Date;
  readonly by: TimeAxis;
}

/** @throws Refusal BAD_USER_INPUT when the period is empty */
export function statementOf(wallet: WalletRecord, from: Date, to: Date, by: TimeAxis): Statement {
  if (from < to) return { wallet, from, to, by };
  throw new Refusal('BAD_USER_INPUT', 'a period ends after it has begun');
}

/** The balance before its first moment. */
export const openingOf = (source: LedgerSource, { wallet, from, by }: Statement) =>
  source.balanceAsOf({ accountId: wallet.id, at: justBefore(from), by });

/** The balance after its last moment. */
export const closingOf = (source: LedgerSource, { wallet, to, by }: Statement) =>
  source.balanceAsOf({ accountId: wallet.id, at: justBefore(to), by });

export const movementsOf = (
  source: LedgerSource,
  { wallet, from, to, by }: Statement,
  limit: number,
  after: PagePosition | null,
) => source.movements({ accountId: wallet.id, from, to, by, limit, after });

export const movementPosition = ({ at, transaction }: Movement): PagePosition => ({
  bookedAt: at,
  id: transaction.id,
});

/** Times are kept to the millisecond. */
const justBefore = (time: Date): Date => new Date(time.getTime() - 1);

const pageSize = 1_000;
const mostRows = 10_000;

/**
 * The whole statement as RFC 4180, with opening and closing as rows of their own.
 * @throws Refusal BAD_USER_INPUT when the period has too many movements
 */
export async function statementCsv(source: LedgerSource, statement: Statement): Promise<string> {
  const { from, to, wallet } = statement;
  const money = (amount: bigint) => formatAmount(amount, wallet.currency);
  let balance = await openingOf(source, statement);
  const lines = ['time,kind,transaction,amount,balance'];
  lines.push(`${from.toISOString()},OPENING,,,${money(balance)}`);
  for (let after: PagePosition | null = null; ;) {
    const page: readonly Movement[] = await movementsOf(source, statement, pageSize, after);
    for (const { at, amount, transaction } of page) {
      balance += amount;
      const { kind, id } = transaction;
      lines.push(`${at.toISOString()},${kind},${id},${money(amount)},${money(balance)}`);
    }
    if (lines.length > mostRows + 2) {
      throw new Refusal('BAD_USER_INPUT', `a statement has at most ${mostRows} movements`);
    }
    const last = page.at(-1);
    if (!last || page.length < pageSize) break;
    after = movementPosition(last);
  }
  lines.push(`${to.toISOString()},CLOSING,,,${money(balance)}`);
  return `${lines.join('\r\n')}\r\n`;
}
