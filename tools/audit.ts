import { setTimeout as sleep } from 'node:timers/promises';
import type { MikroORM } from '@mikro-orm/postgresql';
import type { ExecutionId, OrderId } from '#kit/ids.ts';
import { createLogger } from '#kit/log.ts';
import {
  auditExchange,
  listExecutions,
  openReadOnlyDatabase as openExchange,
  venueTrades,
} from '#subgraphs/exchange/main.ts';
import {
  auditOrders,
  listAuditedFills,
  listAuditedOrders,
  openReadOnlyDatabase as openOrders,
} from '#subgraphs/orders/main.ts';
import {
  auditLedger,
  listFillTransactions,
  listLiveHolds,
  openReadOnlyDatabase as openWallets,
} from '#subgraphs/wallets/main.ts';
import { readAuditConfig, type AuditConfig } from './audit/audit-config.ts';
import { compareBooks, type Books, type Finding } from './audit/compare-books.ts';
import { runTool } from './run-tool.ts';

/** The books move while they are read: only what stays found is a finding. */
const rounds = 10;
const pauseMs = 1_500;

interface Databases {
  readonly orders: MikroORM;
  readonly exchange: MikroORM;
  readonly wallets: MikroORM;
}

/**
 * Asks the invariants of a running system, its venue included; prints every finding and ends with
 * exit status 1 when there is one. It only reads: the databases are opened read-only.
 */
await runTool('audit', async () => {
  const config = readAuditConfig(process.env);
  const databases = {
    orders: await openOrders(config.databaseUrl('orders')),
    exchange: await openExchange(config.databaseUrl('exchange')),
    wallets: await openWallets(config.databaseUrl('wallets')),
  };
  try {
    const findings = await lasting(config, databases);
    for (const { invariant, subject, detail } of findings) {
      process.stdout.write(`BROKEN  ${invariant}: ${subject}: ${detail}\n`);
    }
    process.stdout.write(
      findings.length === 0 ? 'The audit is clean.\n' : `${findings.length} findings.\n`,
    );
    if (findings.length > 0) process.exitCode = 1;
  } finally {
    await Promise.all(Object.values(databases).map((orm) => orm.close()));
  }
});

/** Findings that every round finds again. */
async function lasting(config: AuditConfig, databases: Databases): Promise<readonly Finding[]> {
  let findings: readonly Finding[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const found = await ask(config, databases);
    const keys = new Set(found.map(keyOf));
    findings = round === 1 ? found : findings.filter((finding) => keys.has(keyOf(finding)));
    if (findings.length === 0) return [];
    if (round < rounds) {
      process.stdout.write(`${findings.length} findings may be work in progress; asking again\n`);
      await sleep(pauseMs);
    }
  }
  return findings;
}

function keyOf({ invariant, subject, detail }: Finding): string {
  return `${invariant} ${subject} ${detail}`;
}

async function ask(config: AuditConfig, databases: Databases): Promise<Finding[]> {
  const orders = databases.orders.em.fork();
  const exchange = databases.exchange.em.fork();
  const wallets = databases.wallets.em.fork();
  const books: Books = {
    orders: await everyPage(
      (after: OrderId | null) => listAuditedOrders(orders, after),
      (order) => order.id,
    ),
    fills: await everyPage(
      (after: ExecutionId | null) => listAuditedFills(orders, after),
      (fill) => fill.executionId,
    ),
    executions: await listExecutions(exchange),
    transactions: await listFillTransactions(wallets),
    holds: await listLiveHolds(wallets),
    trades: await venueTrades({ fix: config.fix, logger: createLogger('audit', 'error') }),
  };
  process.stdout.write(
    `${books.orders.length} orders, ${books.holds.length} live holds; ` +
      `${books.trades.length} trades at the venue, ${books.executions.length} executions, ` +
      `${books.fills.length} fills, ${books.transactions.length} settlements\n`,
  );
  return [
    ...(await auditLedger(wallets)),
    ...(await auditOrders(orders)),
    ...(await auditExchange(exchange)),
    ...compareBooks(books),
  ];
}

async function everyPage<Row, Id>(
  page: (after: Id | null) => Promise<Row[]>,
  idOf: (row: Row) => Id,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let after: Id | null = null; ;) {
    const next: Row[] = await page(after);
    const last = next.at(-1);
    if (!last) return rows;
    rows.push(...next);
    after = idOf(last);
  }
}
