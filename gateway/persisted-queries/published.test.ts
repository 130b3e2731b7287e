import { expect, test } from '@jest/globals';
import { silentLogger } from '#kit/log.ts';
import { eventually } from '#tests/support/eventually.ts';
import { openPublished } from './published.ts';

const usersTakesCharacters = 2 * 1024 * 1024;

test('a report fits what users takes, also when everything breaks that a key may publish', async () => {
  const reports: Readonly<Record<string, readonly string[]>>[] = [];
  const published = await openPublished({
    check: () => Array.from({ length: 10 }, () => 'x'.repeat(300)),
    report: async (_key, _version, verdicts) => void reports.push(verdicts),
    folder: undefined,
    everyMs: 1_000,
    logger: silentLogger,
  });
  const operations = Array.from({ length: 2_000 }, (_, index) => ({
    id: `operation-${index}`,
    name: null,
    body: '{ nothing }',
  }));
  published.setKey('key', 1, operations);
  await eventually(
    () => reports.length,
    (length) => length === 1,
  );
  published.close();
  expect(JSON.stringify(reports[0]).length).toBeLessThan(usersTakesCharacters);
  const verdicts = Object.values(reports[0] ?? {});
  expect(verdicts).toHaveLength(2_000);
  expect(verdicts.every(([first]) => first?.startsWith('x'))).toBe(true);
});
