import { visit, type DocumentNode } from 'graphql';

/** What was used last, within a number of entries and a weight of all of them together. */
export interface BoundedCache<Value> {
  get(key: string): Value | undefined;
  /** @param weight about how many bytes of memory it keeps */
  set(key: string, value: Value, weight: number): void;
  delete(key: string): boolean;
  clear(): void;
}

interface Entry<Value> {
  readonly value: Value;
  readonly weight: number;
}

export function createBoundedCache<Value>(
  mostEntries: number,
  mostWeight: number,
): BoundedCache<Value> {
  const entries = new Map<string, Entry<Value>>();
  let total = 0;
  const forget = (key: string) => {
    total -= entries.get(key)?.weight ?? 0;
    return entries.delete(key);
  };
  return {
    get(key) {
      const entry = entries.get(key);
      if (!entry) return undefined;
      // The oldest in the map is then the one that was not used for longest.
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    set(key, value, weight) {
      forget(key);
      entries.set(key, { value, weight });
      total += weight;
      for (const oldest of entries.keys()) {
        if (entries.size <= mostEntries && total <= mostWeight) break;
        forget(oldest);
      }
    },
    delete: forget,
    clear() {
      entries.clear();
      total = 0;
    },
  };
}

/** With its tokens and locations, and its share of a plan. Source: heaps full of long operations. */
const bytesOfNode = 500;

/** About what a parsed operation keeps: anybody may send thousands of different long ones. */
export function weightOf(document: DocumentNode): number {
  let nodes = 0;
  visit(document, { enter: () => void (nodes += 1) });
  return (document.loc?.source.body.length ?? 0) + nodes * bytesOfNode;
}
