import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Clock } from '#kit/clock.ts';
import { Refusal } from '#kit/errors.ts';
import type { Role } from '#kit/identity.ts';
import type { SessionKey, UserId } from '#kit/ids.ts';
import type { Logger } from '#kit/log.ts';

/** What an access token says of its bearer. */
export interface Bearer {
  readonly userId: UserId;
  readonly sessionId: SessionKey;
  readonly roles: readonly Role[];
  /** Of the `scope` claim (RFC 8693, 4.2). */
  readonly scopes: readonly string[];
  readonly expiresAtMs: number;
}

/** EXPIRED: refresh and come again. INVALID: never good. NO_KEYS: users does not answer yet. */
export type TokenRefusal = 'EXPIRED' | 'INVALID' | 'NO_KEYS';

export interface AccessTokens {
  /** @throws Refusal<TokenRefusal> */
  verify(token: string): Promise<Bearer>;
  /** Whether the keys have been fetched. */
  ready(): boolean;
  close(): void;
}

export interface AccessTokenSettings {
  readonly jwksUrl: string;
  readonly issuer: string;
  readonly audience: string;
  readonly logger: Logger;
  readonly clock: Clock;
}

const claims = z.object({
  sub: z.uuid(),
  sid: z.string().min(1).max(64),
  roles: z.array(z.enum(['CUSTOMER', 'PARTNER', 'OPERATOR'])),
  exp: z.number(),
  scope: z.string().default(''),
});

const cacheLimit = 20_000;
const tokenLengthLimit = 4_096;
const firstRetryMs = 500;
const lastRetryMs = 5_000;
const refreshMs = 5 * 60_000;

/**
 * Verifies access tokens against the keys that users publishes. A good token is verified once and
 * remembered until it expires; the keys are kept while users is away and fetched again from time to
 * time, so that a withdrawn key stops working.
 */
export async function openAccessTokens(settings: AccessTokenSettings): Promise<AccessTokens> {
  const { issuer, audience, clock } = settings;
  const cache = new Map<string, Bearer>();
  const keys = createRemoteJWKSet(new URL(settings.jwksUrl), {
    cacheMaxAge: Infinity,
    cooldownDuration: 10_000,
    timeoutDuration: 3_000,
  });
  const fetching = await keepKeysFresh(settings, keys.reload, () => cache.clear());
  return {
    ready: () => keys.jwks() !== undefined,
    close: () => fetching.close(),
    async verify(token) {
      const known = cache.get(token);
      const now = clock();
      if (known) {
        if (known.expiresAtMs > now.getTime()) return known;
        cache.delete(token);
        throw new Refusal<TokenRefusal>('EXPIRED', 'the access token has expired');
      }
      if (!keys.jwks()) {
        throw new Refusal<TokenRefusal>('NO_KEYS', 'users has not published its keys yet');
      }
      if (token.length > tokenLengthLimit) throw invalid();
      const options = { issuer, audience, algorithms: ['ES256'], currentDate: now };
      const verified = await jwtVerify(token, keys, options).catch(refuse);
      const parsed = claims.safeParse(verified.payload);
      if (!parsed.success) throw invalid();
      const bearer: Bearer = {
        userId: parsed.data.sub as UserId,
        sessionId: parsed.data.sid as SessionKey,
        roles: parsed.data.roles,
        scopes: parsed.data.scope.split(' ').filter(Boolean),
        expiresAtMs: parsed.data.exp * 1_000,
      };
      remember(cache, token, bearer);
      return bearer;
    },
  };
}

function refuse(error: unknown): never {
  if (error instanceof errors.JWTExpired) {
    throw new Refusal<TokenRefusal>('EXPIRED', 'the access token has expired');
  }
  // Anything but a verdict on the token is a fetch of new keys that failed.
  const verdict = error instanceof errors.JOSEError && error.code !== 'ERR_JOSE_GENERIC';
  if (verdict && !(error instanceof errors.JWKSTimeout)) throw invalid();
  throw new Refusal<TokenRefusal>('NO_KEYS', 'users did not answer when asked for its keys');
}

const invalid = () => new Refusal<TokenRefusal>('INVALID', 'the access token is not valid');

/** Keeps the cache bounded: the oldest entry leaves first. */
function remember(cache: Map<string, Bearer>, token: string, bearer: Bearer): void {
  if (cache.size >= cacheLimit) {
    const oldest = cache.keys().next();
    if (!oldest.done) cache.delete(oldest.value);
  }
  cache.set(token, bearer);
}

/** Tries once at the start and goes on in the background, patiently and saying so. */
async function keepKeysFresh(
  { jwksUrl, logger }: AccessTokenSettings,
  reload: () => Promise<void>,
  onReload: () => void,
): Promise<{ close(): void }> {
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;
  let loaded = false;
  let closed = false;
  const attempt = async () => {
    try {
      await reload();
      onReload();
      if (failures > 0 || !loaded) logger.info({ jwksUrl }, 'has the keys of access tokens');
      loaded = true;
      failures = 0;
    } catch (error) {
      failures += 1;
      const why = error instanceof Error ? error.message : String(error);
      if (failures % 10 === 1) logger.warn({ jwksUrl, why }, 'waits for the keys of access tokens');
    }
    if (closed) return;
    const retryMs = Math.min(firstRetryMs * 2 ** Math.min(failures, 10), lastRetryMs);
    timer = setTimeout(() => void attempt(), failures > 0 ? retryMs : refreshMs);
    timer.unref();
  };
  await attempt();
  return {
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
