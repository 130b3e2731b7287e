import type { ApolloServer } from '@apollo/server';
import { healthRoutes } from '#kit/health.ts';
import { metricsRoute } from '#kit/metrics-route.ts';
import {
  startHttpServer,
  type HttpRequest,
  type HttpResponse,
  type HttpServer,
} from '#kit/http-server.ts';
import type { GatewayContext, Identify } from './caller.ts';
import type { GatewayConfig } from './config.ts';
import { withCors } from './cors.ts';
import type { GatewayDeps } from './deps.ts';
import { docsRoutes } from './docs/routes.ts';
import type { KnownOperations } from './executor/known-operations.ts';
import { graphiqlAssets, graphiqlPage } from './graphiql.ts';
import type { GatewayHealth } from './health.ts';
import { answerGraphql } from './http.ts';
import { refuse } from './http-answer.ts';
import type { PersistedQueries } from './persisted-queries/resolve.ts';
import type { AnswerByStream } from './subscriptions/http-streams.ts';
import { restarting } from './subscriptions/stream-ends.ts';
import type { Usage } from './usage/usage.ts';
import type { RateLimits } from './rate-limits/rate-limits.ts';
import { usageRoute } from './usage/route.ts';
import type { Supergraph } from './supergraph.ts';

export interface RouteSettings {
  readonly config: GatewayConfig;
  readonly deps: GatewayDeps;
  readonly apollo: ApolloServer<GatewayContext>;
  readonly known: KnownOperations;
  readonly identify: Identify;
  readonly persisted: PersistedQueries;
  readonly rates: RateLimits;
  readonly usage: Usage;
  readonly answerByStream: AnswerByStream;
  readonly supergraph: () => Supergraph;
  readonly health: GatewayHealth;
  /** It closes: what it has in hand is finished, and nothing new is begun. */
  readonly draining: () => boolean;
}

const closeTimeoutMs = 10_000;
/** On another connection the load balancer chooses another gateway. */
const retryElsewhere = { status: 503, headers: { 'retry-after': '1', connection: 'close' } };

/** Every path that the gateway answers over HTTP. */
export async function startRoutes(settings: RouteSettings): Promise<HttpServer> {
  const { config, deps, apollo, known, identify, supergraph, health } = settings;
  const { local, logger } = deps;
  const graphql = answerGraphql({
    apollo,
    known,
    identify,
    persisted: settings.persisted,
    rates: settings.rates,
    answerByStream: settings.answerByStream,
    maxTokens: config.limits.tokens,
    maxBatch: config.limits.batch,
    logger,
  });
  const unlessDraining = async (request: HttpRequest) =>
    settings.draining() ? refuse(request, restarting(retryElsewhere), logger) : graphql(request);
  const endpoint = withCors(unlessDraining, config.corsOrigins, local);
  const http = await startHttpServer({
    program: 'gateway',
    host: config.host,
    port: config.port,
    portVariable: 'PORT',
    logger,
    bodyLimit: config.limits.bodyBytes,
    routes: {
      ...healthRoutes(health.missing, health.degraded),
      ...metricsRoute({ local, token: config.metricsToken }),
      ...docsRoutes(() => supergraph().apiSchema),
      ...(local ? graphiqlAssets() : {}),
      '/api/usage': usageRoute({
        identify,
        rates: settings.rates,
        usage: settings.usage,
        open: config.open,
        supergraph,
        now: () => deps.clock().getTime(),
        logger,
      }),
      '/': async () => redirect(local ? '/graphql' : '/api/docs'),
      '/graphql': (request) =>
        local && wantsPage(request) ? Promise.resolve(graphiqlPage()) : endpoint(request),
    },
  });
  return { ...http, close: () => closeInTime(http) };
}

/** A browser that opens the address, and not a program that happens to accept anything. */
function wantsPage({ method, headers, url }: HttpRequest): boolean {
  const html = headers.accept?.includes('text/html') ?? false;
  return method === 'GET' && html && !url.searchParams.has('query');
}

const redirect = (location: string): HttpResponse => ({
  status: 302,
  headers: { location },
  body: '',
});

/** Requests in hand finish, but a stalled one does not keep the process alive. */
async function closeInTime(http: HttpServer): Promise<void> {
  const patience = setTimeout(() => http.server.closeAllConnections(), closeTimeoutMs);
  await http.close();
  clearTimeout(patience);
}
