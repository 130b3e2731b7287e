import { expect, test } from '@jest/globals';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { joinWaiting } from './join-waiting.ts';

function recorded(refuse: (items: readonly string[]) => boolean = () => false, atATime = 1) {
  const runs: string[][] = [];
  let inWork = 0;
  const join = joinWaiting<string>(
    async (items) => {
      runs.push([...items]);
      inWork += 1;
      expect(inWork <= atATime).toBe(true);
      await turn();
      inWork -= 1;
      if (refuse(items)) throw new Error(`refused ${items.join()}`);
    },
    { atATime, most: 4 },
  );
  return { runs, join };
}

test('what comes while work is under way shares the next run, in its order', async () => {
  const { runs, join } = recorded();
  await Promise.all([join(['a1', 'a2']), join(['b1']), join(['c1', 'c2'])]);
  expect(runs).toEqual([
    ['a1', 'a2'],
    ['b1', 'c1', 'c2'],
  ]);
  await join(['a3']);
  expect(runs.at(-1)).toEqual(['a3']);
});

test('so many runs are under way at once as it may be', async () => {
  const { runs, join } = recorded(undefined, 2);
  await Promise.all([join(['a1']), join(['b1']), join(['c1']), join(['d1'])]);
  expect(runs).toEqual([['a1'], ['b1'], ['c1', 'd1']]);
});

test('another run begins only when something has waited for long', async () => {
  const ended = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const runs: string[][] = [];
  const join = joinWaiting<string>(
    (items) => ended[runs.push([...items]) - 1]?.promise ?? Promise.resolve(),
    { atATime: 2, most: 4, patienceMs: 20 },
  );
  const stuck = join(['a1']);
  const [second, third] = [join(['b1']), join(['c1'])];
  await turn();
  expect(runs).toEqual([['a1']]);
  await sleep(40);
  expect(runs).toEqual([['a1'], ['b1', 'c1']]);
  ended[1]?.resolve();
  await Promise.all([second, third]);
  await join(['d1']);
  expect(runs).toEqual([['a1'], ['b1', 'c1'], ['d1']]);
  ended[0]?.resolve();
  await stuck;
});

test('another run leaves what has the same locks to the one that has them, in their order', async () => {
  const ended = Promise.withResolvers<void>();
  const runs: string[][] = [];
  const join = joinWaiting<string>(
    (items) => (runs.push([...items]) === 1 ? ended.promise : Promise.resolve()),
    { atATime: 2, most: 4, patienceMs: 10, locksOf: (item) => [...item] },
  );
  const stuck = join(['a']);
  const like = [join(['ab']), join(['bc'])];
  const free = [join(['d']), join(['e'])];
  await Promise.all(free);
  await join(['f']);
  expect(runs).toEqual([['a'], ['d', 'e'], ['f']]);
  ended.resolve();
  await Promise.all([stuck, ...like]);
  expect(runs.slice(3)).toEqual([['ab', 'bc']]);
});

test('who is held up by nobody waits for the run that is under way, however long all of it takes', async () => {
  let most = 0;
  let inWork = 0;
  const join = joinWaiting<string>(
    async () => {
      most = Math.max(most, (inWork += 1));
      await sleep(5);
      inWork -= 1;
    },
    { atATime: 2, most: 4, patienceMs: 300 },
  );
  const caller = async () => {
    for (let turns = 0; turns < 60; turns++) await join(['a']);
  };
  await Promise.all([caller(), caller(), caller()]);
  expect(most).toBe(1);
});

test('a run that was held up leaves nothing waiting, nor does the one beside it', async () => {
  const join = joinWaiting<number>(async ([ms]) => sleep(ms), {
    atATime: 2,
    most: 1,
    patienceMs: 5,
  });
  const all = [30, 1, 20, 3, 15, 2, 8, 1, 1, 12].map((ms) => join([ms]));
  expect(await Promise.all(all)).toHaveLength(10);
});

test('a run is no larger than it may be, unless one caller brings more', async () => {
  const { runs, join } = recorded();
  const large = ['c1', 'c2', 'c3', 'c4', 'c5'];
  await Promise.all([join(['a1']), join(['b1', 'b2', 'b3']), join(['d1', 'd2']), join(large)]);
  expect(runs).toEqual([['a1'], ['b1', 'b2', 'b3'], ['d1', 'd2'], large]);
});

test('a run is as large as its items are', async () => {
  const runs: string[][] = [];
  const join = joinWaiting<string>(async (items) => void runs.push([...items]), {
    atATime: 1,
    most: 4,
    sizeOf: (item) => item.length,
  });
  await Promise.all(['a', 'bbb', 'c', 'dd', 'eeeeee', 'f'].map((item) => join([item])));
  expect(runs).toEqual([['a'], ['bbb', 'c'], ['dd'], ['eeeeee'], ['f']]);
});

test('when a shared run fails, only those fail who fail by themselves', async () => {
  const { runs, join } = recorded((items) => items.includes('poison'));
  const first = join(['a1']);
  const [good, bad, other] = await Promise.allSettled([
    join(['b1']),
    join(['poison']),
    join(['c1']),
  ]);
  await first;
  expect([good?.status, other?.status]).toEqual(['fulfilled', 'fulfilled']);
  expect(bad).toMatchObject({ status: 'rejected', reason: { message: 'refused poison' } });
  expect(runs).toEqual([['a1'], ['b1', 'poison', 'c1'], ['b1'], ['poison'], ['c1']]);
});
