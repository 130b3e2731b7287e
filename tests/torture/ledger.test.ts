import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** A short form of `npm run torture:ledger`, in processes of its own. */
test('posters and PostgreSQL are killed, and every acknowledged transfer is there once', async () => {
  const program = fileURLToPath(new URL('ledger.ts', import.meta.url));
  const plan = ['--kills=4', '--postgres-kills=2', '--posters=2'];
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...plan]);
  const result = JSON.parse(stdout.split('RESULT ')[1] ?? 'null') as Record<string, number>;
  expect(result).toMatchObject({ findings: 0, postgresKills: 2 });
  expect(result['kills']).toBeGreaterThanOrEqual(4);
  expect(result['transactions']).toBeGreaterThan(0);
}, 120_000);
