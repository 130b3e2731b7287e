import { expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { createBoundedCache, weightOf } from './bounded-cache.ts';

test('a cache forgets what was not used for longest, beyond a number of entries', () => {
  const cache = createBoundedCache<number>(2, 100);
  cache.set('a', 1, 1);
  cache.set('b', 2, 1);
  expect(cache.get('a')).toBe(1);
  cache.set('c', 3, 1);
  expect(['a', 'b', 'c'].map(cache.get)).toEqual([1, undefined, 3]);
});

test('and beyond a weight, which it counts once for each key', () => {
  const cache = createBoundedCache<number>(10, 10);
  for (let turn = 0; turn < 5; turn += 1) cache.set('a', turn, 6);
  cache.set('b', 1, 4);
  expect(['a', 'b'].map(cache.get)).toEqual([4, 1]);
  expect(cache.delete('a')).toBe(true);
  cache.set('c', 1, 6);
  expect(['b', 'c'].map(cache.get)).toEqual([1, 1]);
  cache.set('d', 1, 11);
  expect(['b', 'c', 'd'].map(cache.get)).toEqual([undefined, undefined, undefined]);
  cache.clear();
  cache.set('a', 1, 10);
  expect(cache.get('a')).toBe(1);
});

test('the weight of a document counts what its text hides: each short value is an object', () => {
  const values = parse(`{ a(list: [${'1 '.repeat(1_000)}]) }`);
  const comment = parse(`{ a } #${' '.repeat(2_000)}`);
  expect(weightOf(values)).toBeGreaterThan(500_000);
  expect(weightOf(comment)).toBeLessThan(10_000);
});
