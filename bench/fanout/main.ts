import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startChild, type Child } from '../gateway/child.ts';
import type { ClientReport, ConnectOrder } from './clients.ts';
import { describeRun, type Phase, type Run } from './report.ts';
import { measureStalled } from './stalled.ts';
import type { PublishOrder } from './subgraphs.ts';
import { ordersQuery, quotesQuery } from './world.ts';

/**
 * `npm run bench:fanout`: live quotes to thousands of sockets through one gateway process, and from a
 * bare ws server. Options: --sockets 5000, --orders 1000, --ms 6000 a phase, --stalled 20 clients in
 * --rounds 7 of three times --round-ms 3000.
 */
const { values: options } = parseArgs({
  options: {
    sockets: { type: 'string', default: '5000' },
    orders: { type: 'string', default: '1000' },
    ms: { type: 'string', default: '6000' },
    stalled: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '7' },
    'round-ms': { type: 'string', default: '3000' },
    profile: { type: 'boolean', default: false },
  },
});
const sockets = Number(options.sockets);
const orders = Number(options.orders);
const stalled = Number(options.stalled);
const durationMs = Number(options.ms);
/** More than any server can hand on: each reader gets the latest. */
const floodPerSecond = 1_000;
const ordersPerSecond = 200;
/** Sockets that come and go before a server counts as idle: its code is compiled, its heap grown. */
const warmUp = Math.min(500, sockets);
/** What is on its way arrives. */
const settleMs = 1_500;

interface Usage {
  readonly cpu: NodeJS.CpuUsage;
  readonly memoryBytes: number;
  /** What the heap holds, without what the process keeps in reserve. */
  readonly heapBytes: number;
}

const say = (text: string) => process.stdout.write(`${text}\n`);
const usage = async (child: Child, settle = false) => (await child.ask({ settle })) as Usage;
const clientsOf = () => startChild('../fanout/clients.ts', []);
const heapPerSocket = (after: Usage, before: Usage, count: number) =>
  (after.heapBytes - before.heapBytes) / 1_024 / count;
const perSocket = (after: Usage, before: Usage, count: number) =>
  (after.memoryBytes - before.memoryBytes) / 1_024 / count;

/** Runs one load and says what it cost the server. */
async function phase(
  server: Child,
  clients: Child,
  load: () => Promise<unknown>,
): Promise<Phase & { said: unknown }> {
  await clients.ask({ reset: true });
  const before = await usage(server);
  const startedAt = performance.now();
  const said = await load();
  const seconds = (performance.now() - startedAt) / 1_000;
  const at = (await clients.ask({ report: true })) as ClientReport;
  await sleep(settleMs);
  const after = await usage(server);
  const report = (await clients.ask({ report: true })) as ClientReport;
  const cpuUs = after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system;
  return {
    said,
    cpuUs: cpuUs / report.deliveries,
    perSecond: at.deliveries / seconds,
    bytes: report.bytes / report.deliveries,
    p50Ms: report.p50Ms,
    p99Ms: report.p99Ms,
  };
}

async function runReference(): Promise<Run> {
  const server = await startChild('../fanout/reference.ts', [], { flags: ['--expose-gc'] });
  const clients = await clientsOf();
  const { port } = server.hello as { port: number };
  const connect = (count: number) =>
    clients.ask({ port, count, kind: 'quotes' } satisfies ConnectOrder);
  await connect(warmUp);
  await server.ask({ floodMs: 300 });
  await clients.ask({ leave: true });
  const idle = await usage(server, true);
  await connect(sockets);
  const quiet = await usage(server, true);
  const memoryKb = perSocket(quiet, idle, sockets);
  const heapKb = heapPerSocket(quiet, idle, sockets);
  const saturated = await phase(server, clients, () => server.ask({ floodMs: durationMs }));
  const perSecond = saturated.perSecond / sockets / 2;
  const half = await phase(server, clients, () => server.ask({ perSecond, durationMs }));
  await clients.stop();
  await server.stop();
  return { memoryKb, heapKb, saturated, half };
}

/** A gateway process with its subgraphs and its clients. */
async function openGateway() {
  const subgraphs = await startChild('../fanout/subgraphs.ts', []);
  const flags = ['--expose-gc', ...(options.profile ? ['--cpu-prof', '--cpu-prof-dir=.data'] : [])];
  const hello = JSON.stringify(subgraphs.hello);
  const server = await startChild('../fanout/target.ts', [hello], { flags });
  const clients = await clientsOf();
  const { port } = server.hello as { port: number };
  const { tokens } = (await subgraphs.ask({ tokens: Math.max(orders, 500) })) as {
    tokens: string[];
  };
  return {
    server,
    clients,
    publish: (quotesPerSecond: number, forMs = durationMs, users = orders): Promise<unknown> =>
      subgraphs.ask({
        quotesPerSecond,
        ordersPerSecond: users === 0 ? 0 : ordersPerSecond,
        users,
        durationMs: forMs,
      } satisfies PublishOrder),
    connect: (kind: ConnectOrder['kind'], count: number, query: string, by = clients) =>
      by.ask({ port, count, query, tokens, kind } satisfies ConnectOrder),
    async close() {
      await clients.stop();
      await server.stop();
      await subgraphs.stop();
    },
  };
}

/** A process that has served nobody yet: its heap's reserve grows too. */
async function measureCold(): Promise<number> {
  const gateway = await openGateway();
  const idle = await usage(gateway.server, true);
  await gateway.connect('quotes', sockets, quotesQuery);
  const quiet = await usage(gateway.server, true);
  await gateway.close();
  return perSocket(quiet, idle, sockets);
}

/** @param referencePerSecond the events of the reference at its half */
async function runGateway(referencePerSecond: number) {
  const coldMemoryKb = await measureCold();
  const gateway = await openGateway();
  const { server, clients, publish, connect } = gateway;
  await connect('quotes', warmUp, quotesQuery);
  await publish(50, 300, 0);
  await clients.ask({ leave: true });
  const idle = await usage(server, true);
  await connect('quotes', sockets, quotesQuery);
  const quiet = await usage(server, true);
  await connect('orders', orders, ordersQuery);
  const withOrders = await usage(server, true);
  const saturated = await phase(server, clients, () => publish(floodPerSecond));
  const perSecond = saturated.perSecond / sockets / 2;
  const half = await phase(server, clients, () => publish(perSecond));
  const sameRate = await phase(server, clients, () => publish(referencePerSecond));
  const others = await clientsOf();
  const beside = await measureStalled({
    server,
    clients,
    others,
    stalled,
    publish,
    connect: () => connect('stalled', stalled, quotesQuery, others),
    // Near saturation latencies tell of queues, and of whatever else the machine does.
    perSecond: perSecond / 2,
    floodPerSecond,
    rounds: Number(options.rounds),
    roundMs: Number(options['round-ms']),
  });
  await others.stop();
  const { heads: published } = (await publish(perSecond)) as { heads: number[] };
  await sleep(settleMs);
  const { heads, closed } = (await clients.ask({ report: true })) as ClientReport;
  await gateway.close();
  return {
    memoryKb: perSocket(quiet, idle, sockets),
    coldMemoryKb,
    heapKb: heapPerSocket(quiet, idle, sockets),
    orderMemoryKb: perSocket(withOrders, quiet, orders),
    saturated,
    half,
    sameRate,
    stalled: beside,
    orderEvents: published.reduce((sum, head) => sum + head, 0),
    streamsWithLoss: published.filter((head, index) => head !== (heads[index] ?? 0)).length,
    closed,
  };
}

say(`${sockets} sockets of quotes, ${orders} order streams, ${durationMs} ms a phase`);
const reference = await runReference();
const gateway = await runGateway(reference.half.perSecond / sockets);
const { table, figures } = describeRun(reference, gateway);
say(table);
say(`RESULT ${JSON.stringify({ figures })}`);
