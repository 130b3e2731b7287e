import { expect, test } from '@jest/globals';
import { joinInLanes } from './join-in-lanes.ts';

interface Item {
  readonly key: string;
  readonly n: number;
}

const itemsOf = (key: string, count: number, from = 0): Item[] =>
  Array.from({ length: count }, (_, index) => ({ key, n: from + index }));

/** Runs that are noted; whoever has the lock of `blocked` holds up what needs it. */
function recorded(blocked = '', gate: Promise<void> = Promise.resolve()) {
  const runs: string[][] = [];
  const join = joinInLanes<Item>(
    async (items) => {
      runs.push(items.map(({ key, n }) => `${key}${n}`));
      if (items.some(({ key }) => key === blocked)) await gate;
      if (items.some(({ n }) => n < 0)) throw new Error('refused');
    },
    { limit: 100, keysOf: ({ key }) => [key] },
  );
  return { runs, join };
}

test('what needs a lock that comes again and again holds up nothing else', async () => {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const { runs, join } = recorded('hot', gate);
  const first = join(itemsOf('hot', 16)); // nobody knows it yet
  const second = join([...itemsOf('hot', 4, 16), ...itemsOf('cold', 2)]);
  const third = join(itemsOf('other', 1));
  open();
  await Promise.all([first, second, third]);
  expect(runs.map((run) => new Set(run.map((name) => name.replace(/\d/g, ''))))).toEqual(
    expect.arrayContaining([new Set(['cold', 'other']), new Set(['hot'])]),
  );
  expect(runs.filter((run) => run.includes('hot16') && run.includes('cold0'))).toEqual([]);
});

test('the items of a key keep their order', async () => {
  const { runs, join } = recorded();
  for (let n = 0; n < 60; n += 6) await join([...itemsOf('a', 6, n), ...itemsOf(`b${n}`, 6)]);
  const names = runs.flat().filter((name) => name.startsWith('a'));
  expect(names).toEqual(itemsOf('a', 60).map(({ n }) => `a${n}`));
});

test('a call ends when all of it has, and fails when some of it does', async () => {
  const { runs, join } = recorded();
  await join(itemsOf('hot', 16));
  const ended = join([...itemsOf('hot', 2), { key: 'cold', n: -1 }]);
  await expect(ended).rejects.toThrow('refused');
  expect(runs.at(-2)).toEqual(['hot0', 'hot1']);
  expect(runs.at(-1)).toEqual(['cold-1']);
});

test('where all are hot a lock that is held long holds up only what needs it', async () => {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const done: string[] = [];
  const join = joinInLanes<Item>(
    async (items) => {
      if (items.some(({ n }) => n === 100)) await gate;
      done.push(...items.map(({ key, n }) => `${key}${n}`));
    },
    { limit: 100, keysOf: ({ key }) => [key] },
  );
  await join([...itemsOf('locked', 16), ...itemsOf('hot', 16)]);
  const held = join(itemsOf('locked', 1, 100));
  await join(itemsOf('hot', 1, 200));
  expect(done).not.toContain('locked100');
  open();
  await held;
}, 5_000);
