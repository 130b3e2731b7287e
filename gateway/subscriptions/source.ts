import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import type { Clock } from '#kit/clock.ts';
import { backOffMs } from '#kit/pause.ts';
import { isAway } from '../errors.ts';
import { createEventQueue } from './event-queue.ts';
import type { UpstreamSink } from './upstream.ts';

/** How one subscription is opened at its subgraph, again and again if need be. */
export interface SourceSettings {
  /** @param after the last sequence that arrived, for fields that can resume */
  readonly subscribe: (after: number | null, sink: UpstreamSink) => Promise<() => void>;
  /** Null for fields without sequences: they start afresh, with a snapshot if they have one. */
  readonly resume: {
    readonly after: number | null;
    sequenceOf(event: FormattedExecutionResult): number | null;
    /** Where the stream began, if this is no event but says so. */
    beginningOf(event: FormattedExecutionResult): number | null;
  } | null;
  /** Says which waiting event a newer one replaces; absent where each event counts. */
  readonly keyOf?: ((event: FormattedExecutionResult) => string | null) | undefined;
  /** How long it waits for a subgraph that is away. */
  readonly patienceMs: number;
  /** Events kept for a slow reader. Beyond it the upstream is closed until they are read. */
  readonly bufferLimit: number;
  readonly clock: Clock;
}

export type SourceEnd =
  | { readonly kind: 'completed' }
  | { readonly kind: 'failed'; readonly errors: readonly GraphQLFormattedError[] }
  /** The subgraph stayed away, or the stream broke where it could not be resumed. */
  | { readonly kind: 'unavailable' }
  | { readonly kind: 'interrupted' }
  /** We stopped it to open another in its place, which goes on `after`. */
  | { readonly kind: 'retired'; readonly after: number | null };

/** One subscription's events, in order, without loss or repetition where it can resume. */
export interface Source {
  /** The next event, or how the stream ended. One call at a time. */
  next(): Promise<FormattedExecutionResult | SourceEnd>;
  /** Another event, if one waits already. */
  waiting(): FormattedExecutionResult | undefined;
  /** The sequence that it began after, as far as that is known. */
  beganAfter(): number | null;
  /** Ends the upstream at once; what arrived is still read, and then 'retired'. */
  retire(): void;
  /** Ends the upstream at once; a pending next() answers 'completed'. */
  close(): void;
}

const internalError = 'INTERNAL_SERVER_ERROR';

/**
 * The pause before a stream's next attempt. Half of it is by chance, so that the streams of a
 * restarted subgraph do not come all at once.
 */
export function retryPauseMs(failures: number): number {
  const most = backOffMs(failures, 100, 3_000);
  return most / 2 + (Math.random() * most) / 2;
}

export const isEnd = (event: FormattedExecutionResult | SourceEnd): event is SourceEnd =>
  'kind' in event;

/**
 * Pulls from a subgraph's stream. A lost connection is opened again, and the subgraph is asked for
 * what followed the last sequence. A reader who is too slow makes the upstream close, not the buffer
 * grow: resumable streams go on from where they were, others from now. An event that its subgraph
 * could not read whole, because what it needs is away, is asked for again in the same way.
 */
export function openSource(settings: SourceSettings): Source {
  const { resume, keyOf, clock, bufferLimit } = settings;
  const buffer = createEventQueue(keyOf);
  let last = resume?.after ?? null;
  let beganAfter = last;
  let end: SourceEnd | undefined;
  let reader: ((event: FormattedExecutionResult | SourceEnd) => void) | undefined;
  let unsubscribe: (() => void) | undefined;
  let paused = false;
  /** Which attempt's messages count. */
  let attempt = 0;
  let failures = 0;
  let lostAtMs: number | undefined;
  /** The key of an event that could not be read and is asked for again; null: it has none. */
  let unreadable: { readonly key: string | null } | undefined;
  let retry: NodeJS.Timeout | undefined;

  function connect(): void {
    attempt += 1;
    const mine = attempt;
    const current = () => mine === attempt && !end;
    const sink: UpstreamSink = {
      next: (event) => void (current() && receive(event)),
      failed: (errors) => void (current() && fail(errors)),
      completed: () => void (current() && finish({ kind: 'completed' })),
      lost: (sent) => void (current() && reconnect(sent)),
    };
    settings.subscribe(last, sink).then(
      (stop) => {
        if (current()) unsubscribe = stop;
        else stop();
      },
      () => void (current() && reconnect(false)),
    );
  }

  function receive(event: FormattedExecutionResult): void {
    const beginning = resume?.beginningOf(event) ?? null;
    if (beginning === null) {
      const key = keyOf?.(event) ?? null;
      const away = event.errors?.some(isAway) ?? false;
      if (away && mayWait()) {
        unreadable = { key };
        leave();
        return reconnect(false);
      }
      // Others come with each new snapshot, and say nothing of this one.
      if (!away && unreadable?.key === key) unreadable = undefined;
    }
    if (!unreadable) {
      failures = 0;
      lostAtMs = undefined;
    }
    if (beginning !== null) {
      last ??= beginning;
      beganAfter ??= beginning;
      return;
    }
    const sequence = resume?.sequenceOf(event) ?? null;
    if (sequence !== null) {
      if (last !== null && sequence <= last) return;
      last = sequence;
    }
    if (reader) return hand(event);
    buffer.push(event);
    if (buffer.size >= bufferLimit) pause();
  }

  /** Whether what could not be read comes again: from the log, or with the snapshot. */
  function mayWait(): boolean {
    if (resume) return last !== null;
    // In the end a part of the latest is better than nothing.
    const waitedMs = lostAtMs === undefined ? 0 : clock().getTime() - lostAtMs;
    return keyOf !== undefined && waitedMs <= settings.patienceMs;
  }

  function hand(event: FormattedExecutionResult | SourceEnd): void {
    const waiting = reader;
    reader = undefined;
    waiting?.(event);
  }

  function pause(): void {
    leave();
    paused = true;
    // Without sequences the old events are worth less than the newest, which come with the next.
    if (!resume) buffer.clear();
  }

  function leave(): void {
    attempt += 1;
    unsubscribe?.();
    unsubscribe = undefined;
  }

  function reconnect(sent: boolean): void {
    unsubscribe = undefined;
    // What happened since a stream without a known sequence was opened cannot be asked for.
    if (sent && resume && last === null) return finish({ kind: 'interrupted' });
    const now = clock().getTime();
    if (sent || lostAtMs === undefined) lostAtMs = now;
    if (now - lostAtMs > settings.patienceMs) return finish({ kind: 'unavailable' });
    failures += 1;
    retry = setTimeout(connect, retryPauseMs(failures));
  }

  /** A fault inside the subgraph, or behind it, passes like a lost connection; a refusal does not. */
  function fail(errors: readonly GraphQLFormattedError[]): void {
    const passing = errors.every(
      (error) => isAway(error) || error.extensions?.['code'] === internalError,
    );
    if (passing && (!resume || last !== null)) reconnect(false);
    else finish({ kind: 'failed', errors });
  }

  function finish(how: SourceEnd): void {
    if (end) return;
    end = how;
    leave();
    clearTimeout(retry);
    if (reader) hand(how);
  }

  connect();
  return {
    next() {
      const event = buffer.shift();
      if (event) return Promise.resolve(event);
      if (end) return Promise.resolve(end);
      if (paused) {
        paused = false;
        connect();
      }
      return new Promise((resolve) => (reader = resolve));
    },
    waiting: () => buffer.shift(),
    beganAfter: () => beganAfter,
    retire: () => finish({ kind: 'retired', after: last }),
    close() {
      buffer.clear();
      finish({ kind: 'completed' });
    },
  };
}
