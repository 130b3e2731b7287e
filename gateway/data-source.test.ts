import { generateKeyPairSync } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createIdentitySigner, createIdentityVerifier, identityHeader } from '#kit/identity.ts';
import { silentLogger } from '#kit/log.ts';
import { createAddresses } from './addresses.ts';
import { createDataSource, type SubgraphDataSource } from './data-source.ts';

type Request = Parameters<SubgraphDataSource['process']>[0];

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const signer = createIdentitySigner(
  keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
);
const verifier = createIdentityVerifier(
  keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  'orders',
);
const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

async function serve(listener: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`, server };
}

/** The addresses are tried in this order for the first request, as the turn begins at the second. */
function source(...urls: string[]) {
  const last = urls.at(-1) ?? '';
  const addresses = createAddresses([last, ...urls.slice(0, -1)], () => new Date());
  const dataSource = createDataSource({
    name: 'orders',
    addresses,
    signer,
    timeoutMs: 1_000,
    logger: silentLogger,
  });
  open.push(() => dataSource.close());
  return (query: string) =>
    dataSource.process({
      kind: 'health check' as Request['kind'] & 'health check',
      request: { query },
      context: {},
    });
}

const answer =
  (data: object, seen: { count: number } = { count: 0 }): RequestListener =>
  (_request, response) => {
    seen.count += 1;
    response.end(JSON.stringify({ data }));
  };
const nowhere = 'http://127.0.0.1:9/graphql';

describe('a data source', () => {
  test('sends an identity that only its own subgraph accepts', async () => {
    const identities: unknown[] = [];
    const { url } = await serve((request, response) => {
      const token = String(request.headers[identityHeader]);
      verifier.verify(token).then(
        (identity) => {
          identities.push(identity);
          response.end('{"data":{"a":1}}');
        },
        () => response.writeHead(401).end(),
      );
    });
    expect(await source(url)('{ a }')).toEqual({ data: { a: 1 } });
    expect(identities).toMatchObject([{ userId: null, roles: [], address: 'gateway' }]);
  });

  test('asks the next process when one is away, for queries and for unsent mutations', async () => {
    const { url } = await serve(answer({ a: 1 }));
    expect(await source(nowhere, url)('{ a }')).toEqual({ data: { a: 1 } });
    expect(await source(nowhere, url)('mutation { a }')).toEqual({ data: { a: 1 } });
  });

  test('never sends a mutation again after its bytes have left', async () => {
    const [lost, second] = [{ count: 0 }, { count: 0 }];
    const breaking = await serve((request) => {
      lost.count += 1;
      request.socket.destroy();
    });
    const good = await serve(answer({ a: 1 }, second));
    await expect(source(breaking.url, good.url)('mutation { a }')).rejects.toMatchObject({
      extensions: { code: 'SERVICE_UNAVAILABLE', service: 'orders' },
    });
    expect([lost.count, second.count]).toEqual([1, 0]);
    expect(await source(breaking.url, good.url)('{ a }')).toEqual({ data: { a: 1 } });
  });

  test.each([
    ['is no GraphQL', 200, 'hello'],
    ['refuses the gateway itself', 401, '{"errors":[{"message":"who are you"}]}'],
    ['says that it is overloaded', 503, '{"errors":[{"message":"10.0.0.7 is full"}]}'],
  ])(
    'says no more than that its subgraph is away when the answer %s',
    async (_how, status, body) => {
      const { url } = await serve((_request, response) => response.writeHead(status).end(body));
      await expect(source(url)('{ a }')).rejects.toMatchObject({
        message: 'orders does not answer',
        extensions: { code: 'SERVICE_UNAVAILABLE' },
      });
    },
  );

  test('gives up on a subgraph that takes too long', async () => {
    const seen = { count: 0 };
    const silent = await serve(() => void (seen.count += 1));
    const good = await serve(answer({ a: 1 }));
    await expect(source(silent.url, good.url)('{ a }')).rejects.toMatchObject({
      message: 'orders did not answer within 1000 ms',
      extensions: { code: 'SERVICE_TIMEOUT', service: 'orders' },
    });
    expect(seen.count).toBe(1);
  });

  test('gives up on an answer that comes drop by drop', async () => {
    const { url } = await serve((_request, response) => {
      response.write('{"data":');
      const drops = setInterval(() => response.write(' '), 100);
      response.on('close', () => clearInterval(drops));
    });
    const startedAt = performance.now();
    await expect(source(url)('{ a }')).rejects.toMatchObject({
      extensions: { code: 'SERVICE_TIMEOUT' },
    });
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });

  test('tries a query again, once, where a process closes the connection on it', async () => {
    const seen = { count: 0 };
    const { url } = await serve((request) => {
      seen.count += 1;
      request.socket.destroy();
    });
    await expect(source(url)('{ a }')).rejects.toMatchObject({
      extensions: { code: 'SERVICE_UNAVAILABLE' },
    });
    expect(seen.count).toBe(2);
    await expect(source(url)('mutation { a }')).rejects.toThrow(/does not answer/);
    expect(seen.count).toBe(3);
  });
});
