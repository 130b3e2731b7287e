import { describe, expect, test } from '@jest/globals';
import { readBearer, stranger } from './caller.ts';

describe('the address of a caller', () => {
  const address = (forwarded: string | undefined, proxies: number) =>
    stranger(
      {
        headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
        remoteAddress: '10.0.0.1',
      },
      proxies,
    ).address;

  test.each([
    ['6.6.6.6', 0, '10.0.0.1'],
    [undefined, 1, '10.0.0.1'],
    ['1.2.3.4', 1, '1.2.3.4'],
    ['6.6.6.6, 1.2.3.4', 1, '1.2.3.4'],
    ['6.6.6.6, 1.2.3.4, 10.0.0.2', 2, '1.2.3.4'],
    ['1.2.3.4', 2, '10.0.0.1'],
  ])('forwarded for %s through %d proxies is %s', (forwarded, proxies, expected) => {
    expect(address(forwarded, proxies)).toBe(expected);
  });
});

describe('the Authorization header', () => {
  test.each([
    ['Bearer abc.def.ghi', 'abc.def.ghi'],
    ['bearer  abc', 'abc'],
    ['Bearer', undefined],
    ['Bearer a b', undefined],
    ['Basic abc', undefined],
  ])('%s holds the token %s', (header, token) => {
    expect(readBearer(header)).toBe(token);
  });
});
