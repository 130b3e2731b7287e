import { Refusal } from './errors.ts';
import { describeError, createLogger, type Logger } from './log.ts';
import type { LivePubSub, Unsubscribe } from './pubsub.ts';
import { pullIterator, type PullIterator } from './pull-iterator.ts';

export interface LosslessSettings<Event extends { readonly sequence: number }> {
  readonly pubsub: LivePubSub;
  /** Where `{ sequence }` is published when the log has a new head. */
  readonly channel: string;
  /** The last sequence that the reader has; null: whatever comes from now on. */
  readonly after: number | null;
  /** The highest sequence in the log, 0 when it is empty. */
  readHead(): Promise<number>;
  /** The events above `after`, in order, `limit` at most. */
  readLog(after: number, limit: number): Promise<readonly Event[]>;
  /** How often the head is asked for, in case pub/sub lost something. */
  readonly checkIntervalMs?: number;
  readonly logger?: Logger;
}

/** A lossless stream's own property: `() => Promise<number>`, the sequence that it began after. */
export const beginning = Symbol('the sequence that a stream began after');

const pageSize = 100;
const standardCheckMs = 5_000;

/**
 * The events of a log, each once and by its sequence; pub/sub only says when to look. Nothing is
 * queued: a slow reader is a slow reader of the log. An `after` that the log has not come to yet is
 * refused by the first next(): BAD_USER_INPUT. An error of the log rejects one next() and ends
 * the stream; the reader resumes with the last sequence it has.
 */
export function losslessStream<Event extends { readonly sequence: number }>(
  settings: LosslessSettings<Event>,
): AsyncIterableIterator<Event, undefined, undefined> {
  const { pubsub, channel, readHead, readLog } = settings;
  const logger = settings.logger ?? createLogger('stream', 'warn');
  const page: Event[] = [];
  let position = settings.after ?? 0;
  let mayHaveMore = settings.after !== null;
  /** Whether `after` may name a sequence that the log has not come to. */
  let isUnproven = position > 0;
  const subscription = subscribe(pubsub, channel, (payload) => {
    if (sequenceOf(payload) <= position) return;
    mayHaveMore = true;
    pull.wake();
  });
  const begun = begin();
  const check = setInterval(() => void checkHead(), settings.checkIntervalMs ?? standardCheckMs);
  check.unref();
  const pull: PullIterator<Event> = pullIterator({ take, end });
  begun.catch((error: unknown) => pull.fail(error));
  return Object.assign(pull.iterator, { [beginning]: () => begun });

  async function begin(): Promise<number> {
    await subscription;
    if (settings.after === null) position = await readHead();
    return position;
  }

  async function take(): Promise<Event | undefined> {
    await begun;
    if (page.length === 0 && mayHaveMore) await readPage();
    return page.shift();
  }

  async function readPage(): Promise<void> {
    mayHaveMore = false;
    const events = await readLog(position, pageSize);
    if (events.length >= pageSize) mayHaveMore = true;
    if (events.length === 0 && isUnproven) await proveAfter();
    isUnproven = false;
    for (const event of events) {
      if (event.sequence <= position) continue;
      position = event.sequence;
      page.push(event);
    }
  }

  /** Beyond the head it would wait in silence while events that its reader never had go by. */
  async function proveAfter(): Promise<void> {
    const head = await readHead();
    if (position <= head) return;
    const message = `\`after\` is beyond the last sequence, which is ${head}`;
    throw new Refusal('BAD_USER_INPUT', message);
  }

  async function checkHead(): Promise<void> {
    try {
      await begun;
      if ((await readHead()) <= position) return;
      mayHaveMore = true;
      pull.wake();
    } catch (error) {
      logger.warn({ ...describeError(error), channel }, 'the head of a log cannot be read');
    }
  }

  async function end(): Promise<void> {
    clearInterval(check);
    const unsubscribe = await subscription.catch(() => undefined); // begun has told of the error
    await unsubscribe?.();
  }
}

export interface ConflatedSettings<Value> {
  readonly pubsub: LivePubSub;
  readonly channel: string;
  /** Of two values with one key that wait, only the later is delivered. */
  key(value: Value): string;
  /** Null leaves a payload out; an error ends the stream. */
  accept(payload: unknown): Value | null;
  /** The values to begin with; live ones that come meanwhile are newer. */
  initial(): Promise<readonly Value[]>;
}

/** The latest value of each key: a slow reader misses steps in between and never the last one. */
export function conflatedStream<Value>(
  settings: ConflatedSettings<Value>,
): AsyncIterableIterator<Value, undefined, undefined> {
  const latest = new Map<string, Value>();
  const subscription = subscribe(settings.pubsub, settings.channel, (payload) => {
    try {
      const value = settings.accept(payload);
      if (value === null) return;
      latest.set(settings.key(value), value);
      pull.wake();
    } catch (error) {
      pull.fail(error);
    }
  });
  const begun = begin();
  const pull: PullIterator<Value> = pullIterator({
    async take() {
      await begun;
      const first = latest.entries().next();
      if (first.done) return undefined;
      const [key, value] = first.value;
      latest.delete(key);
      return value;
    },
    async end() {
      latest.clear();
      const unsubscribe = await subscription.catch(() => undefined); // begun has told of the error
      await unsubscribe?.();
    },
  });
  begun.catch((error: unknown) => pull.fail(error));
  return pull.iterator;

  async function begin(): Promise<void> {
    await subscription;
    for (const value of await settings.initial()) {
      const key = settings.key(value);
      if (!latest.has(key)) latest.set(key, value);
    }
  }
}

/** Subscribes a tick later, so that no message arrives before its receiver is complete. */
async function subscribe(
  pubsub: LivePubSub,
  channel: string,
  onMessage: (payload: unknown) => void,
): Promise<Unsubscribe> {
  await Promise.resolve();
  return pubsub.subscribe(channel, onMessage);
}

/** A payload that names no sequence is a reason to look. */
function sequenceOf(payload: unknown): number {
  const named = typeof payload === 'object' && payload !== null && 'sequence' in payload;
  return named && typeof payload.sequence === 'number' ? payload.sequence : Infinity;
}
