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
  /** At half of the saturation, with clients beside that read nothing, and without. */
  readonly stalled: StalledReport;
  readonly orderEvents: number;
  readonly streamsWithLoss: number;
  readonly closed: number;
}

const round = (value: number, digits = 2) => Number(value.toFixed(digits));

/** The figures for people, and those with the goals for programs. */
export function describeRun(reference: Run, gateway: GatewayRun) {
  const lines = [
    '                              CPU us/delivery  deliveries/s   bytes  p50 ms  p99 ms',
  ];
  const row = (name: string, { cpuUs, perSecond, bytes, p50Ms, p99Ms }: Phase) =>
    lines.push(
      [
        name.padEnd(30),
        cpuUs.toFixed(2).padStart(14),
        perSecond.toFixed(0).padStart(13),
        bytes.toFixed(0).padStart(7),
        p50Ms.toFixed(1).padStart(7),
        p99Ms.toFixed(1).padStart(7),
      ].join(' '),
    );
  row('bare ws, saturated', reference.saturated);
  row('gateway, saturated', gateway.saturated);
  row('bare ws, at half', reference.half);
  row('gateway, at half', gateway.half);
  row('gateway, at the rate of ws', gateway.sameRate);
  const { ratios, medians } = gateway.stalled;
  const turn = (kind: keyof typeof medians) => {
    const { cpuUs, p50Ms, p99Ms, behind } = medians[kind];
    const figures = [cpuUs, p50Ms, p99Ms].map((value) => value.toFixed(2));
    const [cpu, p50, p99] = figures;
    return `${kind}: ${cpu} us, p50 ${p50} ms, p99 ${p99} ms, ${behind} sockets behind`;
  };
  const result = {
    cpuToReference: round(gateway.saturated.cpuUs / reference.saturated.cpuUs),
    cpuToReferenceAtHalf: round(gateway.half.cpuUs / reference.half.cpuUs),
    p99ToReference: round(gateway.half.p99Ms / reference.half.p99Ms),
    p99ToReferenceAtItsRate: round(gateway.sameRate.p99Ms / reference.half.p99Ms),
    memoryKbPerSocket: round(gateway.memoryKb, 1),
    memoryKbPerSocketCold: round(gateway.coldMemoryKb, 1),
    referenceMemoryKbPerSocket: round(reference.memoryKb, 1),
    heapKbPerSocket: round(gateway.heapKb, 1),
    referenceHeapKbPerSocket: round(reference.heapKb, 1),
    memoryKbPerOrderStream: round(gateway.orderMemoryKb, 1),
    orderEvents: gateway.orderEvents,
    streamsWithLoss: gateway.streamsWithLoss,
    cpuWithStalledToWithout: round(ratios.stalled.cpuUs),
    p99WithStalledToWithout: round(ratios.stalled.p99Ms),
    cpuOfControlToWithout: round(ratios.control.cpuUs),
    p99OfControlToWithout: round(ratios.control.p99Ms),
    socketsBehind: medians.stalled.behind,
    socketsClosed: gateway.closed,
  };
  const goals = {
    cpu: result.cpuToReference <= 1 / 0.7,
    p99: result.p99ToReference <= 3,
    memory: result.memoryKbPerSocket <= 20,
    stalled: ratios.stalled.p99Ms <= 1.25 && ratios.stalled.cpuUs <= 1.1,
    lossless: gateway.streamsWithLoss === 0 && gateway.orderEvents > 0,
  };
  lines.push(
    'in turns, medians of the rounds:',
    ...(['without', 'control', 'stalled'] as const).map((kind) => `  ${turn(kind)}`),
    `memory a socket: bare ws ${reference.memoryKb.toFixed(1)} KB, gateway ` +
      `${gateway.memoryKb.toFixed(1)} KB (of a cold process ${gateway.coldMemoryKb.toFixed(1)} KB), ` +
      `with an order stream ${gateway.orderMemoryKb.toFixed(1)} KB`,
    `order events: ${gateway.orderEvents}, streams with a loss: ${gateway.streamsWithLoss}`,
  );
  return { table: lines.join('\n'), result: { ...result, goals } };
}
