import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';

/** What a process writes that logs these facts: pino writes to the real standard error. */
function logged(facts: object): string {
  const program = `
    const { createLogger } = await import('./kit/log.ts');
    createLogger('test', 'info').info(${JSON.stringify(facts)}, 'something happened');`;
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
    cwd: new URL('..', import.meta.url),
  });
  return stderr;
}

test('a log line is JSON with its facts, its program and its time', () => {
  const line = logged({ name: 'hold-funds', orderId: '1' });
  expect(JSON.parse(line)).toEqual({
    level: 30,
    program: 'test',
    name: 'hold-funds',
    orderId: '1',
    msg: 'something happened',
    time: expect.stringMatching(/^\d{4}-.*Z$/),
  });
  expect(line.match(/"name"/g)).toHaveLength(1);
});

test('secrets stay out of logs, at the top and one level down', () => {
  const secrets = {
    password: 'x-1',
    token: 'x-2',
    accessToken: 'x-3',
    refreshToken: 'x-4',
    authorization: 'x-5',
    cookie: 'x-6',
    identity: 'x-7',
    secret: 'x-8',
    apiKey: 'x-9',
    'x-api-key': 'x-10',
  };
  const line = logged({ ...secrets, headers: secrets, userId: 'ada' });
  expect(line).not.toMatch(/x-\d/);
  expect(JSON.parse(line)).toMatchObject({ userId: 'ada', password: '[Redacted]' });
});
