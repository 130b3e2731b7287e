import type { SubgraphAnswer, SubgraphAsker, SubgraphAskers } from '../executor/subgraph-answer.ts';

interface InFlight {
  readonly answer: Promise<SubgraphAnswer>;
  followers: number;
  /** One for each follower, made before anybody changes the first. */
  copies: SubgraphAnswer[];
}

/**
 * Sends equal queries of one caller that are in flight at the same time once. Nobody shares an answer
 * with somebody else: the whole identity is part of what must be equal. A query that comes after a
 * mutation's answer never joins one from before it, so that callers read what they wrote.
 */
export function deduplicateQueries(askers: SubgraphAskers): SubgraphAskers {
  const inFlight = new Map<string, InFlight>();

  function wrap(name: string, asker: SubgraphAsker): SubgraphAsker {
    return {
      async ask(request) {
        if (request.mutation) {
          try {
            return await asker.ask(request);
          } finally {
            inFlight.clear();
          }
        }
        const key = `${name} ${JSON.stringify(request.context.identity)} ${request.body}`;
        const known = inFlight.get(key);
        if (known) {
          known.followers += 1;
          await known.answer;
          return known.copies.pop() ?? asker.ask(request);
        }
        const entry: InFlight = { answer: asker.ask(request), followers: 0, copies: [] };
        inFlight.set(key, entry);
        try {
          const answer = await entry.answer;
          entry.copies = Array.from({ length: entry.followers }, () => structuredClone(answer));
          return answer;
        } finally {
          if (inFlight.get(key) === entry) inFlight.delete(key);
        }
      },
    };
  }

  const wrapped = new WeakMap<SubgraphAsker, SubgraphAsker>();
  return {
    get(name) {
      const asker = askers.get(name);
      if (!asker) return undefined;
      let one = wrapped.get(asker);
      if (!one) {
        one = wrap(name, asker);
        wrapped.set(asker, one);
      }
      return one;
    },
  };
}
