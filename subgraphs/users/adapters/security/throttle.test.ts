import { expect, test } from '@jest/globals';
import { networkOf } from '#kit/network.ts';
import { createThrottle } from './throttle.ts';

test('the addresses of one IPv6 network count as one, those of IPv4 each for itself', () => {
  const same = ['2001:db8:0:7::1', '2001:db8:0:7:ffff:1:2:3', '2001:0DB8::7:0:0:0:9'];
  expect(same.map(networkOf)).toEqual(same.map(() => '2001:db8:0:7::/64'));
  expect(networkOf('2001:db8:0:8::1')).toBe('2001:db8:0:8::/64');
  expect(networkOf('::1')).toBe('0:0:0:0::/64');
  expect(networkOf('fe80::1%eth0')).toBe('fe80:0:0:0::/64');
  expect(networkOf('::ffff:192.0.2.1')).toBe('192.0.2.1');
  expect(networkOf('192.0.2.1')).toBe('192.0.2.1');
  expect(networkOf('')).toBe('');
});

test('guesses from many addresses of one network are throttled together', async () => {
  const throttle = createThrottle(null, { account: 10, address: 3 });
  for (const host of ['1', '2', '3']) await throttle.attempt('address', `2001:db8::${host}`);
  await expect(throttle.attempt('address', '2001:db8::4')).rejects.toMatchObject({
    code: 'TOO_MANY_ATTEMPTS',
  });
  await throttle.attempt('address', '2001:db8:0:1::1');
});
