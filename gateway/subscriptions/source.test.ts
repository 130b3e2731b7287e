import { describe, expect, test } from '@jest/globals';
import type { FormattedExecutionResult } from 'graphql';
import { settled } from '../tests/settled.ts';
import { isEnd, openSource, type Source } from './source.ts';
import type { UpstreamSink } from './upstream.ts';

interface Opened {
  readonly after: number | null;
  readonly sink: UpstreamSink;
  open: boolean;
}

const event = (sequence: number): FormattedExecutionResult => ({ data: { sequence } });
const number = (one: Awaited<ReturnType<Source['next']>>) =>
  isEnd(one) ? one.kind : one.data?.['sequence'];

function start(settings: {
  after?: number | null;
  resumable?: boolean;
  bufferLimit?: number;
  conflated?: boolean;
}) {
  const { after = null, resumable = true, bufferLimit = 3, conflated = false } = settings;
  const opened: Opened[] = [];
  let now = 0;
  const source = openSource({
    async subscribe(from, sink) {
      const one: Opened = { after: from, sink, open: true };
      opened.push(one);
      return () => void (one.open = false);
    },
    resume: resumable
      ? {
          after,
          sequenceOf: ({ data }) => (data?.['sequence'] as number | undefined) ?? null,
          beginningOf: ({ extensions }) => (extensions?.['began'] as number | undefined) ?? null,
        }
      : null,
    keyOf: conflated ? ({ data }) => String(data?.['key']) : undefined,
    patienceMs: 1_000,
    bufferLimit,
    clock: () => new Date(now),
  });
  return { source, opened, last: () => opened.at(-1), pass: (ms: number) => (now += ms) };
}

describe('a source', () => {
  test('asks after a lost connection for what followed the last event, and drops repetitions', async () => {
    const { source, opened, last } = start({ after: 4 });
    expect(last()?.after).toBe(4);
    last()?.sink.next(event(5));
    last()?.sink.next(event(5));
    expect(number(await source.next())).toBe(5);
    last()?.sink.lost(true);
    await settled(() => expect(opened).toHaveLength(2));
    expect(last()?.after).toBe(5);
    last()?.sink.next(event(5));
    last()?.sink.next(event(6));
    expect(number(await source.next())).toBe(6);
    source.close();
    await Promise.resolve();
    expect(opened.filter(({ open }) => open)).toHaveLength(1);
  });

  test('resumes from where it began when nothing has happened yet', async () => {
    const { source, opened, last } = start({});
    last()?.sink.next({ extensions: { began: 7 } });
    last()?.sink.lost(true);
    await settled(() => expect(opened).toHaveLength(2));
    expect(last()?.after).toBe(7);
    source.close();
  });

  test('ends when it is lost before anybody said where it began', async () => {
    const { source, last } = start({});
    last()?.sink.lost(true);
    expect(number(await source.next())).toBe('interrupted');
  });

  test('never holds more than its limit: a slow reader goes on where it was', async () => {
    const { source, opened, last } = start({ after: 0 });
    await Promise.resolve();
    for (const sequence of [1, 2, 3, 4, 5]) opened[0]?.sink.next(event(sequence));
    expect(opened[0]?.open).toBe(false);
    for (const sequence of [1, 2, 3]) expect(number(await source.next())).toBe(sequence);
    expect(opened).toHaveLength(1);
    const fourth = source.next();
    expect(last()?.after).toBe(3);
    last()?.sink.next(event(4));
    expect(number(await fourth)).toBe(4);
    source.close();
  });

  test('without sequences, a slow reader skips to what is new', async () => {
    const { source, opened, last } = start({ resumable: false });
    await Promise.resolve();
    for (const sequence of [1, 2, 3]) last()?.sink.next(event(sequence));
    expect(opened[0]?.open).toBe(false);
    const next = source.next();
    expect(opened).toHaveLength(2);
    last()?.sink.next(event(9));
    expect(number(await next)).toBe(9);
    source.close();
  });

  test('ends when its subgraph stays away for too long', async () => {
    const { source, opened, last, pass } = start({ after: 1 });
    last()?.sink.lost(true);
    await settled(() => expect(opened).toHaveLength(2));
    pass(1_001);
    last()?.sink.lost(false);
    expect(number(await source.next())).toBe('unavailable');
  });

  test('takes a fault inside the subgraph for a lost connection, and a refusal for an end', async () => {
    const { source, opened, last } = start({ after: 1 });
    const error = (code: string) => [{ message: code, extensions: { code } }];
    last()?.sink.failed(error('INTERNAL_SERVER_ERROR'));
    await settled(() => expect(opened).toHaveLength(2));
    last()?.sink.failed(error('SERVICE_UNAVAILABLE'));
    await settled(() => expect(opened).toHaveLength(3));
    last()?.sink.failed(error('FORBIDDEN'));
    expect(number(await source.next())).toBe('failed');
  });

  describe('whose subgraph could not read an event whole', () => {
    const unread = (sequence: number, key?: string): FormattedExecutionResult => ({
      data: { sequence, key },
      errors: [{ message: 'away', extensions: { code: 'SERVICE_UNAVAILABLE' } }],
    });

    test('asks for it again, in order, and delivers it once it is whole', async () => {
      const { source, opened, last } = start({ after: 4 });
      last()?.sink.next(event(5));
      const first = last();
      await Promise.resolve();
      first?.sink.next(unread(6));
      first?.sink.next(event(7));
      expect(first?.open).toBe(false);
      expect(number(await source.next())).toBe(5);
      await settled(() => expect(opened).toHaveLength(2));
      expect(last()?.after).toBe(5);
      last()?.sink.next({ extensions: { began: 5 } });
      for (const sequence of [6, 7]) last()?.sink.next(event(sequence));
      expect([number(await source.next()), number(await source.next())]).toEqual([6, 7]);
      source.close();
    });

    test('ends when it stays so for too long, however often it begins anew', async () => {
      const { source, opened, last, pass } = start({ after: 4 });
      for (let turn = 1; turn <= 3; turn += 1) {
        last()?.sink.next({ extensions: { began: 4 } });
        last()?.sink.next(unread(5));
        pass(501);
        if (turn < 3) await settled(() => expect(opened).toHaveLength(turn + 1));
      }
      expect(number(await source.next())).toBe('unavailable');
      expect(opened).toHaveLength(3);
    });

    test('delivers an event with an error of its own as it is', async () => {
      const { source, last } = start({ after: 4 });
      const errors = [{ message: 'no', extensions: { code: 'FORBIDDEN' } }];
      last()?.sink.next({ data: { sequence: 5 }, errors });
      expect(await source.next()).toEqual({ data: { sequence: 5 }, errors });
      source.close();
    });

    test('takes a new snapshot where the latest counts, and in the end what there is', async () => {
      const { source, opened, last, pass } = start({ resumable: false, conflated: true });
      const tick = (key: string) => ({ data: { key } });
      last()?.sink.next(unread(1, 'a'));
      await settled(() => expect(opened).toHaveLength(2));
      last()?.sink.next(tick('b'));
      expect(await source.next()).toEqual(tick('b'));
      pass(1_001);
      last()?.sink.next(unread(2, 'a'));
      expect(await source.next()).toEqual(unread(2, 'a'));
      last()?.sink.next(unread(3, 'a'));
      expect(await source.next()).toEqual(unread(3, 'a'));
      source.close();
    });
  });

  test('that is closed releases its reader at once and listens no more', async () => {
    const { source, last } = start({});
    const waiting = source.next();
    source.close();
    expect(number(await waiting)).toBe('completed');
    last()?.sink.next(event(1));
    expect(number(await source.next())).toBe('completed');
  });
});
