import { z } from 'zod';
import type { HttpRequest, HttpResponse } from '#kit/http-server.ts';
import { identityHeader, type IdentityVerifier } from '#kit/identity.ts';
import type { Clock } from '#kit/clock.ts';
import { idPattern, type UserId } from '#kit/ids.ts';
import type { ApiKeyStore, GatewayKey, SessionStore, UsageStore } from '../../application/ports.ts';
import { mayHoldKeys } from '../../domain/api-key.ts';

interface GatewayPorts {
  readonly apiKeys: ApiKeyStore;
  readonly sessions: SessionStore;
  readonly usage: UsageStore;
  readonly clock: Clock;
}

type Route = (request: HttpRequest) => Promise<HttpResponse>;

const pageSize = 500;

const verdictReport = z.object({
  key: z.string().regex(idPattern),
  version: z.number().int(),
  verdicts: z.record(z.string(), z.array(z.string().max(500)).max(20)),
});

const usageReport = z.object({
  reporter: z.string().regex(idPattern),
  sequence: z
    .number()
    .int()
    .min(1)
    .max(2 ** 31 - 1),
  rows: z
    .array(
      z.object({
        kind: z.enum(['OPERATION', 'FIELD']),
        name: z.string().min(1).max(300),
        label: z.string().max(200).nullable(),
        caller: z.string().min(1).max(64),
        executions: z.number().int().min(1),
        lastAtMs: z.number().int().min(0),
      }),
    )
    .max(1_000),
});
const usagePeriod = z.object({
  from: z.iso.date(),
  to: z.iso.date(),
  owner: z.string().regex(idPattern).optional(),
});
const usageRows = 10_000;
const oneDayMs = 24 * 3_600_000;

/**
 * What gateways ask for several times a second, and report: never a user's request, so the identity
 * must be a gateway's own.
 */
export function gatewayRoutes(
  { apiKeys, sessions, usage, clock }: GatewayPorts,
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
    '/internal/usage': guarded((request) =>
      request.method === 'POST' ? takeUsage(usage, request, clock()) : tellUsage(usage, request),
    ),
  };
}

async function takeUsage(usage: UsageStore, { body }: HttpRequest, now: Date) {
  const report = usageReport.safeParse(parse(body));
  if (!report.success) return answer(400, {});
  // A gateway's clock that runs ahead must not fill days that are to come.
  const latestMs = now.getTime() + oneDayMs;
  const rows = report.data.rows.map((row) => ({
    ...row,
    lastAtMs: Math.min(row.lastAtMs, latestMs),
  }));
  await usage.add({ ...report.data, rows }, now);
  return answer(200, {});
}

async function tellUsage(usage: UsageStore, { url }: HttpRequest) {
  const period = usagePeriod.safeParse(Object.fromEntries(url.searchParams));
  if (!period.success) return answer(400, {});
  const { owner = null } = period.data;
  const rows = await usage.totals(period.data, owner as UserId | null, usageRows);
  const full = (kind: string) => rows.filter((row) => row.kind === kind).length === usageRows;
  return answer(200, { rows, truncated: full('OPERATION') || full('FIELD') });
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
