import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from '@jest/globals';
import { startHttpServer } from './http-server.ts';
import { silentLogger, type Logger } from './log.ts';

test('a caller who hangs up amid its body is no error of ours', async () => {
  const errors: unknown[] = [];
  const logger: Logger = { ...silentLogger, error: (fields) => void errors.push(fields) };
  const http = await startHttpServer({
    program: 'test',
    host: '127.0.0.1',
    port: 0,
    logger,
    routes: {
      '/broken': () => Promise.reject(new Error('broken')),
      '/echo': async ({ body }) => ({ status: 200, headers: {}, body: String(body) }),
    },
  });
  try {
    const caller = connect(http.port, '127.0.0.1');
    caller.write('POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf');
    await once(http.server, 'request');
    caller.destroy();
    const failed = await fetch(`${http.url}/broken`);
    expect(failed.status).toBe(500);
    expect(errors).toMatchObject([{ error: 'broken' }]);
  } finally {
    await http.close();
  }
});

test('an answer that cannot be written costs its caller, and nobody else', async () => {
  const errors: unknown[] = [];
  const logger: Logger = { ...silentLogger, error: (fields) => void errors.push(fields) };
  const unwritable = { status: 200, headers: { odd: 'line\nbreak' }, body: '' };
  const stream = () => {
    throw new Error('no stream');
  };
  const http = await startHttpServer({
    program: 'test',
    host: '127.0.0.1',
    port: 0,
    logger,
    routes: {
      '/header': async () => unwritable,
      '/stream': async () => ({ status: 200, headers: {}, body: '', stream }),
    },
  });
  const rejections: unknown[] = [];
  const reject = (error: unknown) => void rejections.push(error);
  process.on('unhandledRejection', reject);
  try {
    expect((await fetch(`${http.url}/header`)).status).toBe(500);
    await expect(fetch(`${http.url}/stream`).then((answer) => answer.text())).rejects.toThrow();
    expect(errors).toMatchObject([{}, { error: 'no stream' }]);
    expect(rejections).toEqual([]);
  } finally {
    process.off('unhandledRejection', reject);
    await http.close();
  }
});

test('a connection that was answered while the server closed does not keep it open', async () => {
  const asked = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const http = await startHttpServer({
    program: 'test',
    host: '127.0.0.1',
    port: 0,
    logger: silentLogger,
    routes: {
      '/slow': async () => {
        asked.resolve();
        await gate.promise;
        return { status: 200, headers: {}, body: 'done' };
      },
    },
  });
  const caller = connect(http.port, '127.0.0.1');
  caller.write('GET /slow HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n');
  await asked.promise;
  const closed = http.close();
  gate.resolve();
  const [answer] = (await once(caller, 'data')) as [Buffer];
  expect(String(answer)).toContain('200 OK');
  await closed;
  caller.destroy();
});
