import type { Clock } from '#kit/clock.ts';

/** The processes of one subgraph: taken in turn, the one that just failed last. */
export interface Addresses {
  /** All of them, in the order in which one operation tries them. */
  candidates(): readonly string[];
  failed(url: string): void;
  answered(url: string): void;
}

const avoidMs = 2_000;

export function createAddresses(urls: readonly string[], clock: Clock): Addresses {
  const avoidUntil = new Map<string, number>();
  let turn = 0;
  return {
    candidates() {
      if (urls.length === 1) return urls;
      turn = (turn + 1) % urls.length;
      const order = [...urls.slice(turn), ...urls.slice(0, turn)];
      if (avoidUntil.size === 0) return order;
      const now = clock().getTime();
      const avoided = (url: string) => (avoidUntil.get(url) ?? 0) > now;
      return [...order.filter((url) => !avoided(url)), ...order.filter(avoided)];
    },
    failed: (url) => void avoidUntil.set(url, clock().getTime() + avoidMs),
    answered(url) {
      if (avoidUntil.size > 0) avoidUntil.delete(url);
    },
  };
}
