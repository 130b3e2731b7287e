import { expect, test } from '@jest/globals';
import type { CollectedSpan } from './collector.ts';
import { asSvg, asText, waterfall } from './waterfall.ts';

const span = (spanId: string, parentSpanId: string | undefined, fromMs: number, toMs: number) =>
  ({
    traceId: 'trace',
    spanId,
    parentSpanId,
    name: `work ${spanId}`,
    service: 'mammon',
    program: 'orders',
    fromMs: 1_000 + fromMs,
    toMs: 1_000 + toMs,
  }) satisfies CollectedSpan;

/** As they arrive: effects before causes, and a root whose own cause is somebody else's. */
const spans = [
  span('c', 'a', 60, 100),
  span('b', 'a', 10, 50),
  span('d', 'b', 20, 30),
  span('a', 'elsewhere', 0, 100),
];

test('a trace is told cause by cause, each one’s effects in the order of their time', () => {
  const rows = waterfall(spans);
  expect(rows.map(({ name, depth, fromMs, toMs }) => [name, depth, fromMs, toMs])).toEqual([
    ['work a', 0, 0, 100],
    ['work b', 1, 10, 50],
    ['work d', 2, 20, 30],
    ['work c', 1, 60, 100],
  ]);
});

test('its bars stand where their time is', () => {
  const lines = asText(waterfall(spans)).split('\n');
  expect(lines[0]).toMatch(/^orders: work a {4} +█{40} +100\.0 ms$/);
  expect(lines[3]).toMatch(/^ {2}orders: work c {2} +█{16,17} +40\.0 ms$/);
});

test('its picture escapes what others named', () => {
  const [row] = waterfall(spans);
  const picture = asSvg(row ? [{ ...row, name: '<script>"&' }] : [], 'a < b');
  expect(picture).toContain('&lt;script>&quot;&amp;');
  expect(picture).toContain('a &lt; b');
  expect(picture).not.toContain('<script');
});
