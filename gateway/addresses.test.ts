import { describe, expect, test } from '@jest/globals';
import { createAddresses } from './addresses.ts';

describe('the addresses of a subgraph', () => {
  test('are taken in turn', () => {
    const addresses = createAddresses(['a', 'b', 'c'], () => new Date(0));
    const first = Array.from({ length: 6 }, () => addresses.candidates()[0]);
    expect(first.toSorted()).toEqual(['a', 'a', 'b', 'b', 'c', 'c']);
  });

  test('come last for a while after they failed, and until they answer', () => {
    let now = 0;
    const addresses = createAddresses(['a', 'b'], () => new Date(now));
    addresses.failed('a');
    expect(Array.from({ length: 4 }, () => addresses.candidates()[0])).toEqual([
      'b',
      'b',
      'b',
      'b',
    ]);
    expect(addresses.candidates()).toHaveLength(2);
    now = 10_000;
    expect([addresses.candidates()[0], addresses.candidates()[0]].toSorted()).toEqual(['a', 'b']);
    addresses.failed('b');
    addresses.answered('b');
    expect([addresses.candidates()[0], addresses.candidates()[0]].toSorted()).toEqual(['a', 'b']);
  });
});
