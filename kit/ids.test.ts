import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { deterministicId, idPattern, isStorable, newId } from './ids.ts';

test('a new id is a UUID version 7 that sorts by its millisecond', () => {
  const [early, late] = [newId(1_700_000_000_000), newId(1_700_000_000_001)];
  expect(early).toMatch(idPattern);
  expect(early[14]).toBe('7');
  expect('89ab').toContain(early[19]);
  expect(early.slice(0, 13)).toBe('018bcfe5-6800');
  expect(early < late).toBe(true);
});

test('new ids differ within a millisecond', () => {
  const now = Date.now();
  expect(new Set(Array.from({ length: 10_000 }, () => newId(now))).size).toBe(10_000);
});

test('an id made from facts is the same for the same facts', () => {
  fc.assert(
    fc.property(fc.string(), fc.array(fc.string()), (namespace, facts) => {
      const id = deterministicId(namespace, ...facts);
      expect(id).toMatch(idPattern);
      expect(id[14]).toBe('8');
      expect(deterministicId(namespace, ...facts)).toBe(id);
    }),
  );
});

test('an id made from other facts, or the same text cut elsewhere, is another one', () => {
  const facts = fc.tuple(fc.string(), fc.array(fc.string()));
  fc.assert(
    fc.property(facts, facts, ([one, ones], [two, twos]) => {
      fc.pre(JSON.stringify([one, ones]) !== JSON.stringify([two, twos]));
      expect(deterministicId(one, ...ones)).not.toBe(deterministicId(two, ...twos));
    }),
  );
  expect(deterministicId('a', 'bc', 'd')).not.toBe(deterministicId('a', 'b', 'cd'));
});

test('the derivation never changes, since stored ids were made by it', () => {
  expect(deterministicId('wallet', 'user', 'USD')).toBe('17d8393a-6c9f-82b0-9acc-d3d6fdb784be');
});

test('a text can be stored unless it has a NUL or half of a surrogate pair', () => {
  for (const text of ['', 'a', 'é\u0301', '😀', '\u200b', '\u0001'])
    expect(isStorable(text)).toBe(true);
  for (const text of ['\0', 'a\0b', '\ud800', 'a\udc00', '\udc00\ud800']) {
    expect(isStorable(text)).toBe(false);
  }
});
