import { expect, test } from '@jest/globals';
import { Fault, Refusal } from './errors.ts';
import { isTransient, Unavailable } from './transient.ts';

const withCode = (code: string) => Object.assign(new Error('x'), { code });

test.each([
  ['a refused connection', withCode('ECONNREFUSED')],
  ['a reset connection', withCode('ECONNRESET')],
  ['a lost PostgreSQL connection', withCode('08006')],
  ['too many connections', withCode('53300')],
  ['a PostgreSQL that shuts down', withCode('57P01')],
  ['a serialization failure', withCode('40001')],
  ['a deadlock', withCode('40P01')],
  ['a connection that pg lost', new Error('Connection terminated unexpectedly')],
  ['a pool without a free connection', new Error('timeout exceeded when trying to connect')],
  ['a broker that is away', new Unavailable('closed')],
  ['any of these as a cause', new Fault('x', { cause: withCode('08006') })],
])('%s may pass', (_name, error) => {
  expect(isTransient(error)).toBe(true);
});

test.each([
  ['a refusal', new Refusal('ECONNREFUSED_NOT', 'no')],
  ['a fault', new Fault('no')],
  ['a unique violation', withCode('23505')],
  ['a cancelled statement', withCode('57014')],
  ['a malformed value', withCode('22P02')],
  ['something that is no error', 'ECONNREFUSED'],
])('%s does not pass by itself', (_name, error) => {
  expect(isTransient(error)).toBe(false);
});
