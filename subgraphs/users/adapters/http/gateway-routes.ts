import { z } from 'zod';
import type { HttpRequest, HttpResponse } from '#kit/http-server.ts';
import { identityHeader, type IdentityVerifier } from '#kit/identity.ts';
import { idPattern } from '#kit/ids.ts';
import type { ApiKeyStore, GatewayKey, SessionStore } from '../../application/ports.ts';
import { mayHoldKeys } from '../../domain/api-key.ts';

type Route = (request: HttpRequest) => Promise<HttpResponse>;

const pageSize = 500;

const verdictReport = z.object({
  key: z.string().regex(idPattern),
  version: z.number().int(),
  verdicts: z.record(z.string(), z.array(z.string().max(500)).max(20)),
});

/**
 * What gateways ask for several times a second, and report: never a user's request, so the identity
 * must be a gateway's own.
 */
export function gatewayRoutes(
  apiKeys: ApiKeyStore,
  sessions: SessionStore,
  verifier: IdentityVerifier,
): Readonly<Record<string, Route>> {
  const guarded =
    (route: Route): Route =>
    async (request) =>
      (await isGateway(request, verifier)) ? route(request) : answer(401, {});
  return {
    '/internal/api-keys': guarded(async ({ url }) => {
      const after = Number(url.searchParams.get('after') ?? '0');
      if (!Number.isSafeInteger(after)) return answer(400, {});
      const keys = await apiKeys.changedAfter(after, pageSize);
      return answer(200, { keys: keys.map(forGateways) });
    }),
    '/internal/ended-sessions': guarded(async ({ url }) => {
      const withinMs = Number(url.searchParams.get('within'));
      if (!(withinMs > 0)) return answer(400, {});
      return answer(200, { ids: await sessions.endedWithin(withinMs) });
    }),
    '/internal/operations': guarded(async ({ url }) => {
      const key = url.searchParams.get('key') ?? '';
      if (!idPattern.test(key)) return answer(400, {});
      // The version first: operations that change in between are then fetched once more.
      const version = (await apiKeys.get(key))?.operationsVersion ?? 0;
      const operations = await apiKeys.operations(key);
      return answer(200, {
        version,
        operations: operations.map(({ id, name, body }) => ({ id, name, body })),
      });
    }),
    '/internal/verdicts': guarded(async ({ body }) => {
      const report = verdictReport.safeParse(parse(body));
      if (!report.success) return answer(400, {});
      const { key, version, verdicts } = report.data;
      await apiKeys.judge(key, version, new Map(Object.entries(verdicts)));
      return answer(200, {});
    }),
  };
}

/** Gateways call themselves so; a caller's address is an IP address. */
async function isGateway({ headers }: HttpRequest, verifier: IdentityVerifier): Promise<boolean> {
  const token = headers[identityHeader];
  if (typeof token !== 'string') return false;
  const identity = await verifier.verify(token).catch(() => null);
  return identity?.userId === null && identity.address === 'gateway';
}

/** A key without its names; one whose owner is barred, or no partner any more, is as good as revoked. */
const forGateways = (key: GatewayKey) => ({
  id: key.id,
  version: key.version,
  userId: key.userId,
  roles: key.roles,
  scopes: key.scopes,
  level: key.level,
  requestsPerMinute: key.requestsPerMinute,
  requestsPerDay: key.requestsPerDay,
  expiresAt: key.expiresAt,
  live: key.revokedAt === null && !key.barred && mayHoldKeys(key.roles),
  operationsVersion: key.operationsVersion,
  secrets: key.secrets.map(({ hash, expiresAt }) => ({ hash, expiresAt })),
});

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

const answer = (status: number, body: object): HttpResponse => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(body),
});
