import { readFileSync } from 'node:fs';
import { ApolloServer, HeaderMap } from '@apollo/server';
import { buildSubgraphSchema, type GraphQLResolverMap } from '@apollo/subgraph';
import { parse, type DocumentNode, type GraphQLSchema } from 'graphql';
import { applyMiddleware } from 'graphql-middleware';
import { shield, type IRules } from 'graphql-shield';
import { assert } from './errors.ts';
import { formatFault } from './graphql-errors.ts';
import { startHttpServer, type HttpRequest, type HttpResponse } from './http-server.ts';
import { healthRoutes, type HealthCheck } from './health.ts';
import { metricsRoute, type MetricsAccess } from './metrics-route.ts';
import { createIdentityVerifier, identityHeader, type IdentityVerifier } from './identity.ts';
import type { Logger } from './log.ts';
import { forbidden } from './rules.ts';
import type { SubgraphContext } from './subgraph-context.ts';
import { attachSubscriptions } from './subgraph-subscriptions.ts';

export interface SubgraphServerSettings {
  /** The audience of its identity tokens, and its name in supergraph.yaml. */
  readonly name: string;
  /** The SDL, as readSchema gives it. */
  readonly typeDefs: DocumentNode;
  readonly resolvers: Resolvers;
  /** A graphql-shield rule for every field. */
  readonly permissions: IRules;
  /** SPKI PEM of the gateways' key. */
  readonly identityPublicKey: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly logger: Logger;
  readonly introspection: boolean;
  readonly health: HealthCheck;
  /** Absent: it tells none. */
  readonly metrics?: MetricsAccess | undefined;
  /** Routes beside /graphql and /health, by path; they see no identity. */
  readonly routes?: Readonly<Record<string, (request: HttpRequest) => Promise<HttpResponse>>>;
}

/** Resolvers by type; each subgraph's generated `Resolvers` is stricter and fits in here. */
export type Resolvers = { readonly [typeName: string]: object | undefined };

export interface SubgraphServer {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves a subgraph to gateways only: POST /graphql, and graphql-ws on the same path for
 * subscriptions. A request without a live identity token for this subgraph is answered by 401.
 */
export async function startSubgraphServer(
  settings: SubgraphServerSettings,
): Promise<SubgraphServer> {
  const { name, logger } = settings;
  const verifier = createIdentityVerifier(settings.identityPublicKey, name);
  const schema = buildSchema(settings);
  const apollo = new ApolloServer<SubgraphContext>({
    schema,
    introspection: settings.introspection,
    csrfPrevention: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    formatError: (_formatted, error) => formatFault(error, logger),
    logger: quiet(logger),
  });
  await apollo.start();
  const http = await startHttpServer({
    program: name,
    host: settings.host,
    port: settings.port,
    portVariable: `${name.toUpperCase()}_PORT`,
    logger,
    routes: {
      ...healthRoutes(settings.health),
      ...(settings.metrics ? metricsRoute(settings.metrics) : {}),
      ...settings.routes,
      '/graphql': (request) => answer(apollo, verifier, request),
    },
  });
  const subscriptions = attachSubscriptions({ server: http.server, schema, verifier, logger });
  return {
    url: `${http.url}/graphql`,
    port: http.port,
    async close() {
      await subscriptions.close();
      await http.close();
      await apollo.stop();
    },
  };
}

/** Parses the schema.graphql beside a main.ts: `readSchema(import.meta.url)`. */
export function readSchema(mainUrl: string): DocumentNode {
  return parse(readFileSync(new URL('schema.graphql', mainUrl), 'utf8'));
}

function buildSchema(settings: SubgraphServerSettings): GraphQLSchema {
  const { typeDefs, resolvers, permissions } = settings;
  return applyMiddleware(
    buildSubgraphSchema([{ typeDefs, resolvers: resolvers as GraphQLResolverMap }]),
    shield(permissions, { allowExternalErrors: true, fallbackError: forbidden() }),
  );
}

async function answer(
  apollo: ApolloServer<SubgraphContext>,
  verifier: IdentityVerifier,
  request: HttpRequest,
): Promise<HttpResponse> {
  const token = request.headers[identityHeader];
  const identity =
    typeof token === 'string' ? await verifier.verify(token).catch(() => null) : null;
  if (!identity) return refuse(401, 'IDENTITY_REQUIRED', 'only the gateway may ask here');
  if (request.method !== 'POST') return refuse(405, 'METHOD_NOT_ALLOWED', 'POST only');
  const headers = new HeaderMap();
  headers.set('content-type', request.headers['content-type'] ?? '');
  headers.set('accept', 'application/json');
  const response = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method: 'POST',
      headers,
      search: request.url.search,
      body: json(request),
    },
    context: async () => ({ identity, cache: new Map() }),
  });
  assert(response.body.kind === 'complete', 'subgraphs do not defer');
  return {
    status: response.status ?? 200,
    headers: Object.fromEntries(response.headers),
    body: response.body.string,
  };
}

/** An unreadable body is left to Apollo Server, which answers it with a clear 400. */
function json(request: HttpRequest): unknown {
  try {
    return JSON.parse(request.body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function refuse(status: number, code: string, message: string): HttpResponse {
  const body = JSON.stringify({ errors: [{ message, extensions: { code } }] });
  return { status, headers: { 'content-type': 'application/json' }, body };
}

function quiet(logger: Logger) {
  return {
    debug: (message?: unknown) => logger.debug({}, String(message)),
    info: (message?: unknown) => logger.debug({}, String(message)),
    warn: (message?: unknown) => logger.warn({}, String(message)),
    error: (message?: unknown) => logger.error({}, String(message)),
  };
}
