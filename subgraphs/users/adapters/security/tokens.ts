import { createHmac, createPrivateKey, createPublicKey, timingSafeEqual } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, SignJWT, type JWK } from 'jose';
import type { Clock } from '#kit/clock.ts';
import { idPattern, type SessionKey } from '#kit/ids.ts';
import type { AccessTokens, RefreshTokens } from '../../application/ports.ts';

export const tokenIssuer = 'mammon-users';
export const tokenAudience = 'mammon';

/** ES256 access tokens (RFC 9068 claims, `sid` and `roles`), and the JWKS that verifies them. */
export async function createAccessTokens(
  privateKeyPem: string,
  lifetimeMs: number,
  clock: Clock,
): Promise<{ tokens: AccessTokens; jwks: { keys: JWK[] } }> {
  const key = createPrivateKey(privateKeyPem);
  const publicJwk = await exportJWK(createPublicKey(key));
  const kid = await calculateJwkThumbprint(publicJwk);
  return {
    jwks: { keys: [{ ...publicJwk, kid, alg: 'ES256', use: 'sig' }] },
    tokens: {
      async sign(user, session) {
        const now = clock();
        const expiresAt = new Date(now.getTime() + lifetimeMs);
        const token = await new SignJWT({ sid: session.id, roles: user.roles })
          .setProtectedHeader({ alg: 'ES256', kid, typ: 'at+jwt' })
          .setSubject(user.id)
          .setIssuer(tokenIssuer)
          .setAudience(tokenAudience)
          .setIssuedAt(now)
          .setExpirationTime(expiresAt)
          .sign(key);
        return { token, expiresAt };
      },
    },
  };
}

/**
 * `<session>.<generation>.<MAC>`: made from the session's facts, so that the same successor can be
 * given twice although no token is ever stored.
 */
export function createRefreshTokens(secret: string): RefreshTokens {
  const mac = (facts: string) =>
    createHmac('sha256', secret).update(`refresh:${facts}`).digest('base64url');
  return {
    make: (session, generation) => `${session}.${generation}.${mac(`${session}.${generation}`)}`,
    read(token) {
      const [session = '', generation = '', given = '', ...rest] = token.slice(0, 200).split('.');
      if (rest.length > 0 || !idPattern.test(session) || !/^\d{1,9}$/.test(generation)) return null;
      const expected = Buffer.from(mac(`${session}.${generation}`));
      const presented = Buffer.from(given);
      const isOurs = expected.length === presented.length && timingSafeEqual(expected, presented);
      return isOurs ? { session: session as SessionKey, generation: Number(generation) } : null;
    },
  };
}
