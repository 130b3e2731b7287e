import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import { exportJWK, SignJWT } from 'jose';
import { startHttpServer, type HttpServer } from '#kit/http-server.ts';
import { silentLogger } from '#kit/log.ts';
import { settled } from './tests/settled.ts';
import { openAccessTokens, type AccessTokens } from './access-tokens.ts';

const open: { close(): void | Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const keyPair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

async function publish(port: number, publicKey: KeyObject): Promise<HttpServer> {
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' };
  const server = await startHttpServer({
    program: 'users',
    host: '127.0.0.1',
    port,
    logger: silentLogger,
    routes: {
      '/jwks': async () => ({
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ keys: [jwk] }),
      }),
    },
  });
  open.push(server);
  return server;
}

async function tokensFrom(url: string, now: () => number): Promise<AccessTokens> {
  const tokens = await openAccessTokens({
    jwksUrl: `${url}/jwks`,
    issuer: 'mammon-users',
    audience: 'mammon',
    logger: silentLogger,
    clock: () => new Date(now()),
  });
  open.push(tokens);
  return tokens;
}

function sign(key: KeyObject, expiresAtSeconds: number, claims: object = {}): Promise<string> {
  const standard = { sid: 's', roles: ['CUSTOMER'], sub: '11111111-1111-7111-8111-111111111111' };
  return new SignJWT({ ...standard, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .setIssuer('mammon-users')
    .setAudience('mammon')
    .setExpirationTime(expiresAtSeconds)
    .sign(key);
}

describe('access tokens', () => {
  test('are verified once, remembered, and refused from the moment they expire', async () => {
    const keys = keyPair();
    let now = Date.now();
    const server = await publish(0, keys.publicKey);
    const tokens = await tokensFrom(server.url, () => now);
    const expiry = Math.floor(now / 1_000) + 60;
    const token = await sign(keys.privateKey, expiry);
    const bearer = await tokens.verify(token);
    expect(bearer).toEqual({
      userId: '11111111-1111-7111-8111-111111111111',
      sessionId: 's',
      scopes: [],
      roles: ['CUSTOMER'],
      expiresAtMs: expiry * 1_000,
    });
    expect(await tokens.verify(token)).toBe(bearer);
    now += 61_000;
    await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'EXPIRED' });
    await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'EXPIRED' });
  });

  test('are refused when they lack a claim, are unsigned or signed by somebody else', async () => {
    const keys = keyPair();
    const server = await publish(0, keys.publicKey);
    const tokens = await tokensFrom(server.url, Date.now);
    const expiry = Math.floor(Date.now() / 1_000) + 60;
    const good = await sign(keys.privateKey, expiry);
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    for (const token of [
      await sign(keys.privateKey, expiry, { sub: undefined }),
      await sign(keys.privateKey, expiry, { roles: ['GOD'] }),
      await sign(keyPair().privateKey, expiry),
      `${none}.${good.split('.')[1]}.`,
      `${good}x`,
      'x'.repeat(5_000),
    ]) {
      await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'INVALID' });
    }
  });

  test('wait for users: without its keys nothing is verified, and then it is', async () => {
    const keys = keyPair();
    const server = await publish(0, keys.publicKey);
    const { port, url } = server;
    await server.close();
    const tokens = await tokensFrom(url, Date.now);
    const token = await sign(keys.privateKey, Math.floor(Date.now() / 1_000) + 60);
    expect(tokens.ready()).toBe(false);
    await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'NO_KEYS' });
    await publish(port, keys.publicKey);
    await settled(() => expect(tokens.ready()).toBe(true));
    expect(await tokens.verify(token)).toMatchObject({ sessionId: 's' });
  });
});
