import type { HttpRequest, HttpResponse } from './http-server.ts';

/** Names what is not as it should be; an empty list means that nothing is. */
export type HealthCheck = () => Promise<readonly string[]>;

/**
 * `/health/live` answers while the process does; `/health/ready` says 503 and what is missing.
 * @param degraded what the program can do without: named in an answer of 200
 */
export function healthRoutes(
  missing: HealthCheck,
  degraded: HealthCheck = async () => [],
): Record<string, (request: HttpRequest) => Promise<HttpResponse>> {
  return {
    '/health/live': async () => json(200, { status: 'live' }),
    '/health/ready': async () => {
      const [lacks, without] = await Promise.all([missing(), degraded()]);
      if (lacks.length > 0) return json(503, { status: 'not ready', missing: lacks });
      return without.length === 0
        ? json(200, { status: 'ready' })
        : json(200, { status: 'ready', degraded: without });
    },
  };
}

function json(status: number, body: object): HttpResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
