import { createHash, timingSafeEqual } from 'node:crypto';
import { collectDefaultMetrics, register } from 'prom-client';
import type { HttpRequest, HttpResponse } from './http-server.ts';

export interface MetricsAccess {
  /** Local mode is on loopback only, and asks for no token. */
  readonly local: boolean;
  /** METRICS_TOKEN; without it there are no metrics outside local mode. */
  readonly token: string | undefined;
}

let withDefaults = false;

/** `/metrics` in Prometheus' text format, for whoever has the token. */
export function metricsRoute({
  local,
  token,
}: MetricsAccess): Record<string, (request: HttpRequest) => Promise<HttpResponse>> {
  if (!local && token === undefined) return {};
  if (!withDefaults) collectDefaultMetrics();
  withDefaults = true;
  return {
    '/metrics': async ({ headers }) => {
      if (token !== undefined && !isBearer(headers.authorization ?? '', token)) {
        const challenge = { 'content-type': 'text/plain', 'www-authenticate': 'Bearer' };
        return { status: 401, headers: challenge, body: 'Authorization: Bearer <METRICS_TOKEN>' };
      }
      const body = await register.metrics();
      return { status: 200, headers: { 'content-type': register.contentType }, body };
    },
  };
}

const digest = (text: string) => createHash('sha256').update(text).digest();

function isBearer(authorization: string, token: string): boolean {
  return timingSafeEqual(digest(authorization), digest(`Bearer ${token}`));
}
