import type { HttpRequest, HttpResponse } from '#kit/http-server.ts';

type Route = (request: HttpRequest) => Promise<HttpResponse>;

const loopbackOrigin = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;
const preflightSeconds = '600';
/** Without their names a page cannot read them. */
const exposed =
  'ratelimit, ratelimit-policy, ratelimit-limit, ratelimit-remaining, ratelimit-reset, retry-after';

/**
 * Lets web pages of the named origins call from a browser; in local mode those of this machine too.
 * No cookies are used, so no credentials are allowed.
 */
export function withCors(route: Route, origins: readonly string[], local: boolean): Route {
  const allowed = (origin: string) =>
    origins.includes(origin) || (local && loopbackOrigin.test(origin));
  return async (request) => {
    const { origin } = request.headers;
    const headers: Record<string, string> =
      origin && allowed(origin)
        ? {
            'access-control-allow-origin': origin,
            'access-control-expose-headers': exposed,
            vary: 'Origin',
          }
        : { vary: 'Origin' };
    if (request.method === 'OPTIONS') return { status: 204, headers: preflight(headers), body: '' };
    const response = await route(request);
    return { ...response, headers: { ...response.headers, ...headers } };
  };
}

function preflight(headers: Record<string, string>): Record<string, string> {
  if (!headers['access-control-allow-origin']) return headers;
  return {
    ...headers,
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers':
      'authorization, x-api-key, content-type, apollo-require-preflight',
    'access-control-max-age': preflightSeconds,
  };
}
