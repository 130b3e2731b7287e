/** Values that wait to be read, in order. */
export interface EventQueue<Value> {
  readonly size: number;
  push(value: Value): void;
  shift(): Value | undefined;
  /** All of them; none waits any more. */
  drain(): readonly Value[];
  clear(): void;
}

/**
 * @param keyOf of two waiting values with one key only the later is kept, in the earlier's place;
 *   values whose key is null are all kept
 */
export function createEventQueue<Value>(
  keyOf: ((value: Value) => string | null) | undefined,
): EventQueue<Value> {
  const waiting = new Map<string | number, Value>();
  let pushed = 0;
  return {
    get size() {
      return waiting.size;
    },
    push(value) {
      pushed += 1;
      waiting.set(keyOf?.(value) ?? pushed, value);
    },
    shift() {
      const first = waiting.entries().next();
      if (first.done) return undefined;
      const [key, value] = first.value;
      waiting.delete(key);
      return value;
    },
    drain() {
      const all = [...waiting.values()];
      waiting.clear();
      return all;
    },
    clear: () => waiting.clear(),
  };
}
