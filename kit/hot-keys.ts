/** Which of very many keys come again and again of late. Remembers as many keys as its window has. */
export interface HotKeys {
  count(keys: readonly string[]): void;
  has(key: string): boolean;
}

/**
 * @param window after so many keys what was counted weighs half
 * @param times as often a key comes within a window, at least, to be hot
 */
export function createHotKeys(window = 8_000, times = 3): HotKeys {
  const counts = new Map<string, number>();
  let sum = 0;
  const fade = () => {
    for (const [key, count] of counts) {
      if (count > 1) counts.set(key, count >> 1);
      else counts.delete(key);
    }
    sum = 0;
  };
  return {
    count(keys) {
      for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
      sum += keys.length;
      if (sum >= window) fade();
    },
    has: (key) => (counts.get(key) ?? 0) >= times,
  };
}
