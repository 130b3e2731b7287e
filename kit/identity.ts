import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { SessionKey, UserId } from './ids.ts';

export type Role = 'CUSTOMER' | 'PARTNER' | 'OPERATOR';

/** Who asks, as the gateway found out. A stranger has no user. */
export interface Identity {
  readonly userId: UserId | null;
  readonly roles: readonly Role[];
  readonly sessionId: SessionKey | null;
  /** The caller's network address, for throttling. */
  readonly address: string;
  /** The caller's User-Agent, at most 200 characters. */
  readonly device: string | null;
  /** The API key that stands for the user, where there is no session. */
  readonly apiKeyId?: string | undefined;
}

/** The HTTP header and the key in a subscription's `extensions` that carry the signed identity. */
export const identityHeader = 'x-mammon-identity';
export const identityExtension = 'mammonIdentity';

const issuer = 'mammon-gateway';
const lifetimeSeconds = 60;
const cacheLimit = 10_000;

const claims = z.object({
  userId: z.uuid().nullable(),
  roles: z.array(z.enum(['CUSTOMER', 'PARTNER', 'OPERATOR'])),
  sessionId: z.string().max(64).nullable(),
  address: z.string().max(64),
  device: z.string().max(200).nullable(),
  apiKeyId: z.uuid().optional(),
});

export interface IdentitySigner {
  /** A token for one subgraph, good for 30 to 60 seconds; equal identities share one. */
  sign(identity: Identity, audience: string): Promise<string>;
}

export interface IdentityVerifier {
  /** @throws Error when it is not a live token that a gateway signed for this audience. */
  verify(token: string): Promise<Identity>;
}

/** @param privateKeyPem PKCS #8 of an EC P-256 key that only gateways have */
export function createIdentitySigner(privateKeyPem: string): IdentitySigner {
  const key = createPrivateKey(privateKeyPem);
  const cache = new Map<string, { token: string; until: number }>();
  return {
    async sign(identity, audience) {
      const cacheKey = JSON.stringify([audience, identity]);
      const hit = cache.get(cacheKey);
      if (hit && hit.until > Date.now()) return hit.token;
      const token = await new SignJWT({ ...identity })
        .setProtectedHeader({ alg: 'ES256' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime(`${lifetimeSeconds}s`)
        .sign(key);
      remember(cache, cacheKey, { token, until: Date.now() + (lifetimeSeconds / 2) * 1_000 });
      return token;
    },
  };
}

/** @param publicKeyPem SPKI of the gateways' key */
export function createIdentityVerifier(publicKeyPem: string, audience: string): IdentityVerifier {
  const key: KeyObject = createPublicKey(publicKeyPem);
  const cache = new Map<string, { identity: Identity; until: number }>();
  return {
    async verify(token) {
      const hit = cache.get(token);
      if (hit && hit.until > Date.now()) return hit.identity;
      const { payload } = await jwtVerify(token, key, { issuer, audience, algorithms: ['ES256'] });
      const identity = claims.parse(payload) as Identity;
      remember(cache, token, { identity, until: (payload.exp ?? 0) * 1_000 });
      return identity;
    },
  };
}

/** Keeps a cache bounded: the oldest entry leaves first. */
function remember<Value>(cache: Map<string, Value>, key: string, value: Value): void {
  if (cache.size >= cacheLimit) {
    const oldest = cache.keys().next();
    if (!oldest.done) cache.delete(oldest.value);
  }
  cache.set(key, value);
}
