import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { FormattedExecutionResult } from 'graphql';
import { systemClock } from '#kit/clock.ts';
import { silentLogger } from '#kit/log.ts';
import type { PlannedSubscription } from './operation.ts';
import { startPump, type PumpEnd } from './pump.ts';
import { openSource } from './source.ts';
import type { UpstreamSink } from './upstream.ts';

const sequenceOf = ({ data }: FormattedExecutionResult) => (data?.['sequence'] as number) ?? null;

/** A plan as far as a pump looks at it. */
const planOf = (upstream: string) =>
  ({
    upstream,
    primary: { serviceName: 'orders' },
    resumable: { sequenceOf },
    conflated: undefined,
  }) as unknown as PlannedSubscription;

/** A log behind a subgraph, a pump that reads it, and another subgraph that may be away. */
function open(after: number | null, patienceMs = 60_000) {
  const joins = { away: false, count: 0 };
  const log: number[] = [];
  const sinks = new Set<{ sink: UpstreamSink; plan: string }>();
  const opened: (readonly [string, number | null])[] = [];
  const delivered: { sequence: number | null; plan: string }[] = [];
  const ends: PumpEnd[] = [];
  const tell = (sink: UpstreamSink, sequence: number) => sink.next({ data: { sequence } });
  const pump = startPump({
    planned: planOf('a'),
    patienceMs,
    now: Date.now,
    logger: silentLogger,
    open: ({ upstream }, from) =>
      openSource({
        resume: {
          after: from ?? after,
          sequenceOf,
          beginningOf: ({ extensions }) => (extensions?.['beginning'] as number) ?? null,
        },
        patienceMs: 1_000,
        bufferLimit: 100,
        clock: systemClock,
        async subscribe(last, sink) {
          opened.push([upstream, last]);
          const entry = { sink, plan: upstream };
          sinks.add(entry);
          if (last === null) sink.next({ extensions: { beginning: log.length } });
          else for (const sequence of log.slice(last)) tell(sink, sequence);
          return () => void sinks.delete(entry);
        },
      }),
    join: async ({ upstream }, event) => {
      joins.count += 1;
      await sleep(0);
      const extensions = { code: 'SERVICE_UNAVAILABLE', service: 'market' };
      if (joins.away) return { data: null, errors: [{ message: 'away', extensions }] };
      return { data: { ...event.data, plan: upstream } };
    },
    deliver(results) {
      for (const { payload, sequence } of results) {
        const { data } = JSON.parse(payload.toString()) as { data: { plan: string } };
        delivered.push({ sequence, plan: data.plan });
      }
    },
    ended: (end) => void ends.push(end),
  });
  return {
    pump,
    joins,
    opened,
    delivered,
    ends,
    sinks,
    happen() {
      const sequence = log.push(log.length + 1);
      for (const { sink } of sinks) tell(sink, sequence);
    },
  };
}

async function quiet(check: () => boolean, withinMs = 1_000): Promise<void> {
  for (let turn = 0; turn < withinMs / 5 && !check(); turn += 1) await sleep(5);
}

describe('a pump', () => {
  test('loses nothing and repeats nothing, whenever its plan changes or a join is away', async () => {
    const steps = fc.array(fc.constantFrom('event', 'same', 'other', 'wait', 'away', 'back'), {
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(steps, async (todo) => {
        const world = open(0);
        let name = 0;
        let events = 0;
        for (const step of todo) {
          if (step === 'event') {
            events += 1;
            world.happen();
          } else if (step === 'wait') await sleep(1);
          else if (step === 'away' || step === 'back') world.joins.away = step === 'away';
          else
            world.pump.replan(planOf(step === 'same' ? world.pump.planned.upstream : `${name++}`));
        }
        world.joins.away = false;
        await quiet(() => world.delivered.length >= events, 8_000);
        expect(world.delivered.map(({ sequence }) => sequence)).toEqual(
          Array.from({ length: events }, (_, index) => index + 1),
        );
        expect(world.ends).toEqual([]);
        world.pump.stop();
        await quiet(() => world.sinks.size === 0);
        expect(world.sinks.size).toBe(0);
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  test('ends with where to go on when a join stays away, and delivers what was before', async () => {
    const world = open(0, 150);
    world.happen();
    await quiet(() => world.delivered.length === 1);
    world.joins.away = true;
    world.happen();
    world.happen();
    await quiet(() => world.ends.length > 0, 5_000);
    expect(world.ends).toEqual([{ kind: 'unjoined', service: 'market', after: 1 }]);
    expect(world.delivered.map(({ sequence }) => sequence)).toEqual([1]);
    await quiet(() => world.sinks.size === 0);
    expect(world.sinks.size).toBe(0);
  });

  test('asks less and less often while a join is away, and not at all once it is stopped', async () => {
    const world = open(0);
    world.joins.away = true;
    world.happen();
    await sleep(700);
    expect(world.joins.count).toBeGreaterThan(1);
    expect(world.joins.count).toBeLessThan(7);
    world.pump.stop();
    const { count } = world.joins;
    await sleep(700);
    expect(world.joins.count).toBe(count);
    expect(world.delivered).toEqual([]);
  });

  test('goes on from its beginning when nothing had happened yet', async () => {
    const world = open(null);
    await quiet(() => world.pump.beganAfter() !== null);
    const began = world.pump.beganAfter();
    world.pump.replan(planOf('b'));
    world.happen();
    await quiet(() => world.delivered.length > 0);
    expect(world.opened.at(-1)).toEqual(['b', began]);
    expect(world.delivered.at(-1)).toEqual({ sequence: 1, plan: 'b' });
    world.pump.stop();
  });
});
