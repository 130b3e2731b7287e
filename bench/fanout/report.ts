import { figure, type Figure } from '../figures.ts';
import type { StalledReport } from './stalled.ts';

/** One load's figures. */
export interface Phase {
  /** Of the server's process, a delivery. */
  readonly cpuUs: number;
  /** Deliveries. */
  readonly perSecond: number;
  readonly bytes: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Run {
  /** Above the idle process, a socket. */
  readonly memoryKb: number;
  /** Of it, what the heap holds. */
  readonly heapKb: number;
  readonly saturated: Phase;
  readonly half: Phase;
}

export interface GatewayRun extends Run {
  readonly orderMemoryKb: number;
  /** Above a process that has served nobody yet. */
  readonly coldMemoryKb: number;
  /** At the rate of the reference's half. */
  readonly sameRate: Phase;
  /** At a quarter of the saturation, with clients beside that read nothing, and without. */
  readonly stalled: StalledReport;
  readonly orderEvents: number;
  readonly streamsWithLoss: number;
  readonly closed: number;
}

const titles =
  '                              CPU us/delivery  deliveries/s   bytes  p50 ms  p99 ms';

/** The figures as a table for people, and those with their goals for programs. */
export function describeRun(reference: Run, gateway: GatewayRun) {
  const kinds = ['without', 'control', 'stalled'] as const;
  const lines = [
    titles,
    row('bare ws, saturated', reference.saturated),
    row('gateway, saturated', gateway.saturated),
    row('bare ws, at half', reference.half),
    row('gateway, at half', gateway.half),
    row('gateway, at the rate of ws', gateway.sameRate),
    'at a quarter, in turns: medians of the rounds, and of the ratios to `without` in each turn:',
    ...kinds.map((kind) => `  ${describeTurns(gateway.stalled, kind)}`),
    `memory a socket: bare ws ${reference.memoryKb.toFixed(1)} KB, gateway ` +
      `${gateway.memoryKb.toFixed(1)} KB (of a cold process ${gateway.coldMemoryKb.toFixed(1)} KB), ` +
      `with an order stream ${gateway.orderMemoryKb.toFixed(1)} KB`,
    `order events: ${gateway.orderEvents}, streams with a loss: ${gateway.streamsWithLoss}`,
  ];
  return { table: lines.join('\n'), figures: figuresOf(reference, gateway) };
}

function row(name: string, { cpuUs, perSecond, bytes, p50Ms, p99Ms }: Phase): string {
  return [
    name.padEnd(30),
    cpuUs.toFixed(2).padStart(14),
    perSecond.toFixed(0).padStart(13),
    bytes.toFixed(0).padStart(7),
    p50Ms.toFixed(1).padStart(7),
    p99Ms.toFixed(1).padStart(7),
  ].join(' ');
}

function describeTurns({ medians, ratios }: StalledReport, kind: keyof typeof medians): string {
  const { cpuUs, p50Ms, p99Ms, behind } = medians[kind];
  const [cpu, p50, p99] = [cpuUs, p50Ms, p99Ms].map((value) => value.toFixed(2));
  const text = `${kind}: ${cpu} us, p50 ${p50} ms, p99 ${p99} ms, ${behind} sockets behind`;
  if (kind === 'without') return text;
  const to = ratios[kind];
  const parts = [to.cpuUs, to.p50Ms, to.p99Ms].map((value) => value.toFixed(2));
  return `${text}; CPU ${parts[0]}, p50 ${parts[1]}, p99 ${parts[2]}`;
}

function figuresOf(reference: Run, gateway: GatewayRun): readonly Figure[] {
  const { stalled, control } = gateway.stalled.ratios;
  const ratio = (name: string, value: number, goal?: number) => figure(name, value, 'ratio', goal);
  return [
    ratio('CPU a delivery, to bare ws', gateway.saturated.cpuUs / reference.saturated.cpuUs, -1.43),
    ratio('p99 at half, to bare ws at its half', gateway.half.p99Ms / reference.half.p99Ms, -3),
    figure('memory a socket', gateway.memoryKb, 'KB', -20),
    figure('memory a socket of a cold process', gateway.coldMemoryKb, 'KB'),
    figure('of it in the heap', gateway.heapKb, 'KB'),
    figure('memory a socket of bare ws', reference.memoryKb, 'KB'),
    figure('memory an order stream', gateway.orderMemoryKb, 'KB'),
    figure('order events', gateway.orderEvents, 'events', 1),
    figure('order streams with a loss', gateway.streamsWithLoss, 'streams', -0),
    // Beyond what two equal rounds differ by.
    ratio('p99 beside stalled clients', stalled.p99Ms / Math.max(1, control.p99Ms), -1.25),
    ratio('CPU beside stalled clients', stalled.cpuUs / Math.max(1, control.cpuUs), -1.1),
    ratio('p99 of the control', control.p99Ms),
    ratio('CPU of the control', control.cpuUs),
    figure('clients that stalled', gateway.stalled.medians.stalled.behind, 'sockets', 1),
    ratio('p99 at the rate of bare ws', gateway.sameRate.p99Ms / reference.half.p99Ms),
    figure('sockets that were closed', gateway.closed, 'sockets', -0),
  ];
}
