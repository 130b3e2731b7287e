import { expect, test } from '@jest/globals';
import { createHotKeys } from './hot-keys.ts';

test('a key that comes often is hot, and no longer when it stays away', () => {
  const keys = createHotKeys(100, 4);
  const others = (from: number) => Array.from({ length: 50 }, (_, n) => `k${from + n}`);
  keys.count(['often', 'often', 'often']);
  expect(keys.has('often')).toBe(false);
  keys.count(['often', ...others(0)]);
  expect([keys.has('often'), keys.has('k0'), keys.has('never')]).toEqual([true, false, false]);
  keys.count(others(50));
  expect(keys.has('often')).toBe(false);
  keys.count(['often', 'often']);
  expect(keys.has('often')).toBe(true);
});

test('where every key comes equally often none is hot', () => {
  const keys = createHotKeys();
  const all = Array.from({ length: 10_000 }, (_, n) => `k${n}`);
  for (let round = 0; round < 20; round++) keys.count(all);
  expect(all.filter((key) => keys.has(key))).toEqual([]);
});
