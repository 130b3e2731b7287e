import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../figures.ts';
import type { Child } from '../gateway/child.ts';
import type { ClientReport } from './clients.ts';

/**
 * What clients that read nothing cost the others. One round after the other would show what else the
 * machine does, so short rounds of three kinds take turns: nobody beside, nobody beside once more
 * (the control: what two equal rounds differ by), and the stalled ones. Each starts in the same way:
 * others connect, and live quotes are flooded until those who do not read are behind.
 */
const kinds = ['without', 'control', 'stalled'] as const;
type Kind = (typeof kinds)[number];

export interface StalledSettings {
  readonly server: Child;
  /** Those whose latencies are measured. */
  readonly clients: Child;
  /** Publishes quotes at a rate for a while. */
  readonly publish: (perSecond: number, durationMs: number) => Promise<unknown>;
  /** Connects those beside; each round they come anew. */
  readonly connect: (others: Child) => Promise<unknown>;
  readonly others: Child;
  /** How many they are. */
  readonly stalled: number;
  readonly perSecond: number;
  readonly floodPerSecond: number;
  readonly rounds: number;
  readonly roundMs: number;
}

interface Round {
  readonly cpuUs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Sockets that the server cannot write to. */
  readonly behind: number;
}

export interface StalledReport {
  /** Medians over the rounds of what one kind had to what `without` had in the same turn. */
  readonly ratios: Readonly<Record<'control' | 'stalled', Omit<Round, 'behind'>>>;
  readonly medians: Readonly<Record<Kind, Round>>;
}

const floodMs = 1_500;
const mostFloods = 12;
const settleMs = 700;

export async function measureStalled(settings: StalledSettings): Promise<StalledReport> {
  const rounds: Record<Kind, Round[]> = { without: [], control: [], stalled: [] };
  for (let turn = 0; turn < settings.rounds; turn += 1) {
    // Whoever is first each time would have the machine at another moment of its drift.
    for (let place = 0; place < kinds.length; place += 1) {
      const kind = kinds[(turn + place) % kinds.length] ?? 'without';
      rounds[kind].push(await measureRound(settings, kind));
    }
  }
  const ratio = (kind: Kind, field: keyof Round) =>
    median(
      rounds[kind].map((round, turn) => round[field] / (rounds.without[turn]?.[field] ?? NaN)),
    );
  const ratios = (kind: Kind) => ({
    cpuUs: ratio(kind, 'cpuUs'),
    p50Ms: ratio(kind, 'p50Ms'),
    p99Ms: ratio(kind, 'p99Ms'),
  });
  const middle = (kind: Kind): Round => ({
    cpuUs: median(rounds[kind].map(({ cpuUs }) => cpuUs)),
    p50Ms: median(rounds[kind].map(({ p50Ms }) => p50Ms)),
    p99Ms: median(rounds[kind].map(({ p99Ms }) => p99Ms)),
    behind: median(rounds[kind].map(({ behind }) => behind)),
  });
  return {
    ratios: { control: ratios('control'), stalled: ratios('stalled') },
    medians: {
      without: middle('without'),
      control: middle('control'),
      stalled: middle('stalled'),
    },
  };
}

async function measureRound(settings: StalledSettings, kind: Kind): Promise<Round> {
  const { server, clients, others, stalled, publish, connect, perSecond, roundMs } = settings;
  await connect(others);
  for (let flood = 0; flood < mostFloods && (await behind(server)) < stalled; flood += 1) {
    await publish(settings.floodPerSecond, floodMs);
  }
  await others.ask(kind === 'stalled' ? { one: true } : { leave: true });
  await quiet(clients);
  await clients.ask({ reset: true });
  const before = (await server.ask({})) as { cpu: NodeJS.CpuUsage };
  await publish(perSecond, roundMs);
  await quiet(clients);
  const after = (await server.ask({})) as { cpu: NodeJS.CpuUsage };
  const stillBehind = await behind(server);
  const report = (await clients.ask({ report: true })) as ClientReport;
  if (kind === 'stalled') await others.ask({ leave: true });
  const cpuUs = after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system;
  const { p50Ms, p99Ms, deliveries } = report;
  return { cpuUs: cpuUs / deliveries, p50Ms, p99Ms, behind: stillBehind };
}

/** Waits until all that was published has arrived: what is left of a flood would count as a round's. */
async function quiet(clients: Child): Promise<void> {
  const deliveries = async () => ((await clients.ask({ report: true })) as ClientReport).deliveries;
  let before = -1;
  for (let now = await deliveries(); now !== before; now = await deliveries()) {
    before = now;
    await sleep(settleMs);
  }
}

async function behind(server: Child): Promise<number> {
  return ((await server.ask({ behind: true })) as { behind: number }).behind;
}
