import type { FormattedExecutionResult } from 'graphql';
import { isEnd, type Source, type SourceEnd } from './source.ts';

export type JoinedStream = AsyncGenerator<FormattedExecutionResult, void, void>;

/**
 * A source's events, each joined before the next is pulled, so that their order is kept and a slow
 * reader slows the pulling. Written by hand: a generator's return() would wait for a pending next()
 * and keep the source open.
 * @param failed makes the error that ends a stream
 */
export function joinedStream(
  source: Source,
  join: (event: FormattedExecutionResult) => Promise<FormattedExecutionResult>,
  failed: (end: SourceEnd) => Error | undefined,
): JoinedStream {
  let closed = false;
  const done = { done: true, value: undefined } as const;
  const close = () => {
    closed = true;
    source.close();
  };
  const stream: JoinedStream = {
    async next() {
      if (closed) return done;
      const event = await source.next();
      if (closed) return done;
      if (isEnd(event)) {
        closed = true;
        const error = failed(event);
        if (error) throw error;
        return done;
      }
      const value = await join(event);
      // The client left while other subgraphs were asked.
      return closed ? done : { done: false, value };
    },
    async return() {
      close();
      return done;
    },
    async throw(error) {
      close();
      throw error;
    },
    async [Symbol.asyncDispose]() {
      close();
    },
    [Symbol.asyncIterator]: () => stream,
  };
  return stream;
}
