import type { IncomingMessage } from 'node:http';
import { SpanKind } from '@opentelemetry/api';
import { histogram } from './metrics.ts';
import { fail, traced, traceparentHeader } from './tracing.ts';

const durations = histogram(
  'http_server_request_duration_seconds',
  'How long requests took to answer, or until a stream began',
  ['program', 'method', 'route', 'status'],
);

/** Orchestrators and Prometheus ask all day: their own questions are no news. */
const unobserved = new Set(['/health/live', '/health/ready', '/metrics']);
const methods = new Set(['GET', 'POST', 'OPTIONS']);

/** Counts and traces a request; a caller's `traceparent` makes it a part of the caller's trace. */
export async function observeRequest<Answer extends { readonly status: number }>(
  { program, routes }: { readonly program: string; readonly routes: object },
  { method: given = 'GET', url = '', headers }: IncomingMessage,
  answer: () => Promise<Answer>,
): Promise<Answer> {
  const path = url.split('?', 1)[0] ?? '';
  if (unobserved.has(path)) return answer();
  const route = Object.hasOwn(routes, path) ? path : 'none';
  const method = methods.has(given) ? given : 'OTHER';
  const cause = headers[traceparentHeader];
  const beganAt = performance.now();
  const piece = {
    program,
    name: `${method} ${route}`,
    kind: SpanKind.SERVER,
    cause: typeof cause === 'string' ? cause : undefined,
    attributes: { 'http.request.method': method, 'http.route': route },
  };
  return traced(piece, async (span) => {
    let status = 500;
    try {
      const response = await answer();
      status = response.status;
      span.setAttribute('http.response.status_code', status);
      if (status >= 500) fail(span, `HTTP ${status}`);
      return response;
    } finally {
      const tookSeconds = (performance.now() - beganAt) / 1_000;
      durations.labels(program, method, route, String(status)).observe(tookSeconds);
    }
  });
}
