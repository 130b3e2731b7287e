/**
 * An async iterator that is asked and never pushes: it holds no queue of its own. Written by hand,
 * because the return() of a generator waits for a next() that may never come.
 */
export interface PullIterator<Value> {
  readonly iterator: AsyncIterableIterator<Value, undefined, undefined>;
  /** To be called when take() may have something now. */
  wake(): void;
  /** Rejects the next() that waits, or the next one, and ends the stream. */
  fail(error: unknown): void;
}

export interface PullSource<Value> {
  /** The next value, or undefined when there is none now; called only while somebody waits. */
  take(): Promise<Value | undefined> | Value | undefined;
  /** Called once, when the stream has ended in whatever way. */
  end(): Promise<void>;
}

interface Waiting<Value> {
  resolve(result: IteratorResult<Value, undefined>): void;
  reject(error: unknown): void;
}

export function pullIterator<Value>(source: PullSource<Value>): PullIterator<Value> {
  const waiting: Waiting<Value>[] = [];
  let ended: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;
  let working = false;
  let again = false;

  return { iterator: iterate(), wake, fail };

  function iterate(): AsyncIterableIterator<Value, undefined, undefined> {
    const done = { done: true, value: undefined } as const;
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      next() {
        return new Promise((resolve, reject) => {
          waiting.push({ resolve, reject });
          if (ended) settle();
          else wake();
        });
      },
      async return() {
        await end();
        return done;
      },
      async throw(error: unknown) {
        await end();
        throw error;
      },
    };
  }

  function wake(): void {
    again = true;
    if (!working) void work();
  }

  async function work(): Promise<void> {
    working = true;
    try {
      while (again) {
        again = false;
        while (waiting.length > 0) {
          const value = await source.take();
          if (value === undefined || ended) break;
          waiting.shift()?.resolve({ done: false, value });
        }
      }
    } catch (error) {
      fail(error);
    } finally {
      working = false;
    }
  }

  function fail(reason: unknown): void {
    if (ended) return;
    failure = { error: reason };
    // The end's own fault, if it has one, is less than what ended the stream.
    end().catch(() => undefined);
  }

  function end(): Promise<void> {
    if (!ended) {
      ended = Promise.resolve().then(() => source.end());
      settle();
    }
    return ended;
  }

  /** After the end: one error, if there is one, and then nothing more. */
  function settle(): void {
    for (const { resolve, reject } of waiting.splice(0)) {
      if (failure) reject(failure.error);
      else resolve({ done: true, value: undefined });
      failure = undefined;
    }
  }
}
