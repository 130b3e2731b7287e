import type { HttpRequest, HttpResponse } from './http-server.ts';

/** Names what is not ready; an empty list means ready. */
export type HealthCheck = () => Promise<readonly string[]>;

/** `/health/live` answers while the process does; `/health/ready` says 503 and what is missing. */
export function healthRoutes(
  check: HealthCheck,
): Record<string, (request: HttpRequest) => Promise<HttpResponse>> {
  return {
    '/health/live': async () => json(200, { status: 'live' }),
    '/health/ready': async () => {
      const missing = await check();
      return missing.length === 0
        ? json(200, { status: 'ready' })
        : json(503, { status: 'not ready', missing });
    },
  };
}

function json(status: number, body: object): HttpResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
