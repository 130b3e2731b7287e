import type { HttpRequest, HttpResponse } from '#kit/http-server.ts';
import type { Logger } from '#kit/log.ts';
import type { GatewayContext, Identify } from '../caller.ts';
import { fault } from '../errors.ts';
import { refuse } from '../http-answer.ts';
import type { RateLimits } from '../rate-limits/rate-limits.ts';
import type { Supergraph } from '../supergraph.ts';
import { reportUsage } from './report.ts';
import type { UsagePeriod } from './row.ts';
import type { Usage } from './usage.ts';

export interface UsageRouteSettings {
  readonly identify: Identify;
  readonly rates: RateLimits;
  readonly usage: Usage;
  /** Anybody may ask: an open gateway. */
  readonly open: boolean;
  readonly supergraph: () => Supergraph;
  readonly now: () => number;
  readonly logger: Logger;
}

const dayMs = 24 * 3_600_000;
const standardDays = 30;
const mostDays = 400;

/**
 * GET /api/usage?from=YYYY-MM-DD&to=YYYY-MM-DD, the last 30 days without them: what is executed, and
 * which deprecated fields are still asked for. Operators see everybody, partners their own API keys.
 */
export function usageRoute(settings: UsageRouteSettings) {
  const { identify, rates, usage, open, supergraph, now, logger } = settings;
  return async (request: HttpRequest): Promise<HttpResponse> => {
    try {
      if (request.method !== 'GET') throw fault('BAD_REQUEST', 'GET only', { status: 405 });
      const context = await identify(request);
      const rateHeaders = await rates.admit(context);
      const owner = open ? null : ownerOf(context);
      const period = readPeriod(request.url.searchParams, now());
      const { rows, truncated } = await usage.read(period, owner).catch(() => {
        throw fault('SERVICE_UNAVAILABLE', 'users does not answer', {
          status: 503,
          service: 'users',
        });
      });
      const { localSince: since } = usage;
      const when = since === undefined ? period : { since };
      const body = { ...when, truncated, ...reportUsage(rows, supergraph().apiSchema) };
      return {
        status: 200,
        headers: {
          'content-type': 'application/json',
          'cache-control': 'no-store',
          ...rateHeaders,
        },
        body: JSON.stringify(body),
      };
    } catch (error) {
      return refuse(request, error, logger);
    }
  };
}

/** Whose API keys may be seen; null: everybody's. @throws GraphQLError UNAUTHENTICATED or FORBIDDEN */
function ownerOf({ identity, key }: GatewayContext): string | null {
  if (identity.userId === null) {
    throw fault('UNAUTHENTICATED', 'usage is for operators and partners', { status: 401 });
  }
  if (key && !key.scopes.includes('read')) {
    throw fault('FORBIDDEN', 'this API key lacks the scope `read`', { status: 403 });
  }
  if (identity.roles.includes('OPERATOR')) return null;
  if (identity.roles.includes('PARTNER')) return identity.userId;
  throw fault('FORBIDDEN', 'usage is for operators and partners', { status: 403 });
}

/** @throws GraphQLError BAD_REQUEST (400) */
function readPeriod(search: URLSearchParams, nowMs: number): UsagePeriod {
  const to = readDay(search, 'to') ?? asDay(nowMs);
  const from = readDay(search, 'from') ?? asDay(Date.parse(to) - (standardDays - 1) * dayMs);
  const days = (Date.parse(to) - Date.parse(from)) / dayMs + 1;
  if (days >= 1 && days <= mostDays) return { from, to };
  throw fault('BAD_REQUEST', `\`from\` to \`to\` is 1 to ${mostDays} days`, { status: 400 });
}

function readDay(search: URLSearchParams, name: string): string | undefined {
  const text = search.get(name);
  if (text === null) return undefined;
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(ms) && asDay(ms) === text) return text;
  throw fault('BAD_REQUEST', `\`${name}\` is a day, YYYY-MM-DD`, { status: 400 });
}

const asDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
