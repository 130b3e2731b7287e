import { formatDecimal, minorUnits, notionalToMinor, rescale } from '#kit/money.ts';
import type { AuditedExecution, VenueTrade } from '#subgraphs/exchange/main.ts';
import type { AuditedFill, AuditedOrder } from '#subgraphs/orders/main.ts';
import type { FillTransaction, LiveHold } from '#subgraphs/wallets/main.ts';

export interface Finding {
  readonly invariant: string;
  readonly subject: string;
  readonly detail: string;
}

/** Each service's own books, read one after the other while they may still move. */
export interface Books {
  readonly orders: readonly AuditedOrder[];
  readonly fills: readonly AuditedFill[];
  readonly executions: readonly AuditedExecution[];
  readonly transactions: readonly FillTransaction[];
  readonly holds: readonly LiveHold[];
  readonly trades: readonly VenueTrade[];
}

/**
 * The invariants that no service can see alone: the venue's trades, exchange's executions, orders'
 * fills and the ledger's transactions are one chain, and a finished order holds nothing.
 */
export function compareBooks(books: Books): Finding[] {
  return [
    ...compareTrades(books),
    ...compareExecutions(books),
    ...compareTransactions(books),
    ...weighConversions(books),
    ...compareHolds(books),
  ];
}

function compareTrades({ trades, executions }: Books): Finding[] {
  const invariant = "13. our executions equal the venue's";
  const key = ({ tradeDate, execId }: VenueTrade | AuditedExecution) =>
    `${tradeDate.replaceAll('-', '')}/${execId}`;
  return match(invariant, keyed(trades, key), keyed(executions, key), (trade, execution) =>
    differences(
      ['order', trade.clOrdId, execution.clOrdId],
      ['instrument', trade.symbol, execution.symbol],
      ['side', trade.side, execution.side],
      ['quantity', plain(trade.quantity), plain(execution.quantity)],
      ['price', plain(trade.price), plain(execution.price)],
    ),
  );
}

function compareExecutions({ executions, fills }: Books): Finding[] {
  const invariant = '9. an execution counts once';
  const key = ({ executionId }: { executionId: string }) => executionId;
  return match(invariant, keyed(executions, key), keyed(fills, key), (execution, fill) =>
    differences(
      ['order', execution.orderId, fill.orderId],
      ['user', execution.userId, fill.userId],
      ['quantity', plain(execution.quantity), decimal(fill.quantity, fill.quantityScale)],
      ['price', plain(execution.price), decimal(fill.price, fill.priceScale)],
    ),
  );
}

function compareTransactions({ fills, transactions }: Books): Finding[] {
  const invariant = '10. every fill has one balanced transaction, and the reverse';
  const key = ({ executionId }: { executionId: string }) => executionId;
  return match(invariant, keyed(fills, key), keyed(transactions, key), (fill, transaction) =>
    differences(
      ['order', fill.orderId, transaction.orderId],
      ['user', fill.userId, transaction.userId],
      ['transaction', fill.transactionId ?? 'unanswered', transaction.transactionId],
      ['money', moneyOf(expectedMoves(fill)), moneyOf(transaction.moved)],
    ),
  );
}

/** What a fill does to its user's money, in minor units; a late one may make a debt of it. */
function expectedMoves(fill: AuditedFill): Record<string, string> {
  const { side, baseCurrency, quoteCurrency, baseAmount, quoteAmount } = fill;
  const sign = side === 'BUY' ? 1n : -1n;
  return { [baseCurrency]: `${sign * baseAmount}`, [quoteCurrency]: `${-sign * quoteAmount}` };
}

/** All fills of an order together cost what their prices say, rounded once in the house's favour. */
function weighConversions({ fills }: Books): Finding[] {
  return [...Map.groupBy(fills, ({ orderId }) => orderId)].flatMap(([subject, of]) => {
    const [{ side, baseCurrency, quoteCurrency, quantityScale, priceScale }] = of as [AuditedFill];
    const sum = (amountOf: (fill: AuditedFill) => bigint) =>
      of.reduce((total, fill) => total + amountOf(fill), 0n);
    const [up, down] = ['up', 'down'] as const;
    const [toBase, toQuote] = side === 'BUY' ? [down, up] : [up, down];
    const notional = sum(({ quantity, price }) => quantity * price);
    const scale = quantityScale + priceScale;
    const quote = notionalToMinor(notional, scale, quoteCurrency, toQuote);
    const units = sum(({ quantity }) => quantity);
    const base = rescale(units, quantityScale, minorUnits[baseCurrency], toBase);
    const detail = differences(
      [baseCurrency, `${base}`, `${sum(({ baseAmount }) => baseAmount)}`],
      [quoteCurrency, `${quote}`, `${sum(({ quoteAmount }) => quoteAmount)}`],
    );
    return detail ? [{ invariant: '15. no conversion makes value', subject, detail }] : [];
  });
}

function moneyOf(moves: Readonly<Record<string, string>>): string {
  return Object.entries(moves)
    .filter(([, amount]) => amount !== '0')
    .map(([currency, amount]) => `${currency} ${amount}`)
    .toSorted()
    .join(' ');
}

function compareHolds({ orders, holds }: Books): Finding[] {
  const invariant = '11. a finished order has no live hold';
  const byId = keyed(orders, ({ id }) => id);
  const kept = holds.flatMap(({ orderId, remaining, currency }) => {
    const order = byId.get(orderId);
    if (order && !order.isFinal) return [];
    const state = order ? `is ${order.status}` : 'is not known to orders';
    return [{ invariant, subject: orderId, detail: `${state}, held ${remaining} ${currency}` }];
  });
  const unconfirmed = orders
    .filter((order) => order.isFinal && !order.isReleased)
    .map((order) => ({ invariant, subject: order.id, detail: 'its release is not confirmed' }));
  return [...kept, ...unconfirmed];
}

/** What stands in one book and not in the other, or stands differently. */
function match<Left, Right>(
  invariant: string,
  left: ReadonlyMap<string, Left>,
  right: ReadonlyMap<string, Right>,
  differ: (left: Left, right: Right) => string,
): Finding[] {
  const findings: Finding[] = [];
  for (const [subject, mine] of left) {
    const other = right.get(subject);
    const detail = other === undefined ? 'missing in the next book' : differ(mine, other);
    if (detail) findings.push({ invariant, subject, detail });
  }
  for (const subject of right.keys()) {
    if (left.has(subject)) continue;
    findings.push({ invariant, subject, detail: 'missing in the book before' });
  }
  return findings;
}

function differences(...facts: readonly (readonly [string, string, string])[]): string {
  return facts
    .filter(([, one, other]) => one !== other)
    .map(([name, one, other]) => `${name}: ${one} is not ${other}`)
    .join('; ');
}

function keyed<Row>(rows: readonly Row[], key: (row: Row) => string): Map<string, Row> {
  return new Map(rows.map((row) => [key(row), row]));
}

const decimal = (units: bigint, scale: number): string => plain(formatDecimal(units, scale));

/** One spelling of equal decimals: `10.50` and `10.5` are the same. */
const plain = (text: string): string =>
  text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text;
