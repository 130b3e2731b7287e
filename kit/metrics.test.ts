import { expect, test } from '@jest/globals';
import { startHttpServer } from './http-server.ts';
import { silentLogger } from './log.ts';
import { boundedLabel, counter, startAtZero, watchedGauge } from './metrics.ts';
import { metricsRoute, type MetricsAccess } from './metrics-route.ts';

const token = 'a token of at least 32 characters';

async function scrape(access: MetricsAccess, authorization?: string) {
  const http = await startHttpServer({
    program: 'test',
    host: '127.0.0.1',
    port: 0,
    logger: silentLogger,
    routes: {
      ...metricsRoute(access),
      '/hello': async () => ({ status: 204, headers: {}, body: '' }),
    },
  });
  try {
    await fetch(`${http.url}/hello?name=ada`);
    await fetch(`${http.url}/no-such-path`);
    const headers = new Headers(
      authorization === undefined ? [] : [['authorization', authorization]],
    );
    const response = await fetch(`${http.url}/metrics`, { headers });
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      text: await response.text(),
    };
  } finally {
    await http.close();
  }
}

test.each([
  [
    'outside local mode without a token there are none',
    { local: false, token: undefined },
    undefined,
    404,
  ],
  ['a stranger gets nothing', { local: false, token }, undefined, 401],
  [
    'a wrong token gets nothing',
    { local: false, token },
    'Bearer another token of 32 characters !',
    401,
  ],
  ['the token of local mode counts, too', { local: true, token }, undefined, 401],
  ['the token opens them', { local: false, token }, `Bearer ${token}`, 200],
  ['local mode needs none', { local: true, token: undefined }, undefined, 200],
] as const)('%s', async (_name, access, authorization, status) => {
  const answer = await scrape(access, authorization);
  expect(answer.status).toBe(status);
  expect(answer.text.includes('mammon_') || answer.text.includes('process_')).toBe(status === 200);
});

test('requests are counted by route and status, without what strangers make up', async () => {
  const { type, text } = await scrape({ local: true, token: undefined });
  expect(type).toMatch(/^text\/plain; version=0\.0\.4/);
  const count = (route: string, status: number) =>
    new RegExp(
      `^http_server_request_duration_seconds_count\\{program="test",method="GET",route="${route}",status="${status}"\\} [1-9]`,
      'm',
    );
  expect(text).toMatch(count('/hello', 204));
  expect(text).toMatch(count('none', 404));
  expect(text).not.toContain('no-such-path');
  expect(text).not.toContain('name=ada');
});

test('a figure that cannot be read is left out, and that is counted', async () => {
  const depth = watchedGauge('test_depth', 'For this test', ['queue']);
  const ends = [
    depth.watch({ queue: 'one' }, async () => 7),
    depth.watch({ queue: 'two' }, async () => Promise.reject(new Error('away'))),
    depth.watch({ queue: 'three' }, () => new Promise<number>(() => undefined)),
  ];
  const { text } = await scrape({ local: true, token: undefined });
  expect(text).toContain('test_depth{queue="one"} 7\n');
  expect(text).not.toMatch(/queue="(two|three)"/);
  expect((await scrape({ local: true, token: undefined })).text).toMatch(
    /mammon_metrics_unreadable_total\{metric="test_depth"\} [1-9]/,
  );
  ends.forEach((end) => end());
  expect((await scrape({ local: true, token: undefined })).text).not.toContain('test_depth{');
});

test('a series can stand at 0 before anything is counted, and counts on from there', async () => {
  const counted = counter('test_incidents_total', 'For this test', ['kind']);
  startAtZero(counted, [{ kind: 'FIRE' }, { kind: 'FLOOD' }]);
  counted.inc({ kind: 'FLOOD' });
  const { text } = await scrape({ local: true, token: undefined });
  expect(text).toContain('test_incidents_total{kind="FIRE"} 0\n');
  expect(text).toContain('test_incidents_total{kind="FLOOD"} 1\n');
});

test('labels that others choose are bounded in number and in form', () => {
  const label = boundedLabel();
  const labels = Array.from({ length: 1_000 }, (_, index) => label(`CODE_${index}`));
  expect(new Set(labels).size).toBe(201);
  expect(label('CODE_7')).toBe('CODE_7');
  expect(label('CODE_999')).toBe('other');
  expect(boundedLabel()('a"b\n')).toBe('other');
});

test('a metric has one declaration', () => {
  counter('test_twice_total', 'For this test');
  expect(() => counter('test_twice_total', 'For this test')).toThrow(/already been registered/);
});
