import { readFileSync } from 'node:fs';
import { systemClock } from '#kit/clock.ts';
import { ConfigError, environment } from '#kit/config.ts';
import { createIdentitySigner, type IdentitySigner } from '#kit/identity.ts';
import { runProgram } from '#kit/lifecycle.ts';
import { createLogger } from '#kit/log.ts';
import { openAccessTokens, type AccessTokens } from './access-tokens.ts';
import { createUsersLink } from './api-keys/users-link.ts';
import { identifyRequest, type Credentials, type Identify } from './caller.ts';
import { readGatewayConfig, type GatewayConfig } from './config.ts';
import type { GatewayDeps } from './deps.ts';
import { watchGateway } from './gauges.ts';
import { openEndedSessions, refuseEnded } from './ended-sessions.ts';
import { createApolloExecutor } from './executor/apollo-executor.ts';
import { createKnownOperations } from './executor/known-operations.ts';
import { createOperations } from './executor/operations.ts';
import { createGraphqlServer } from './graphql-server.ts';
import { createHealth } from './health.ts';
import { openPartners } from './partners.ts';
import { createOperationCheck } from './persisted-queries/check-operation.ts';
import { createGuard } from './protection/guard.ts';
import { openUsage } from './usage/usage.ts';
import { deduplicateQueries } from './resilience/deduplicate.ts';
import { openRateLimits } from './rate-limits/open.ts';
import { startRoutes } from './routes.ts';
import { createSubgraphs } from './subgraphs.ts';
import { createClients } from './subscriptions/clients.ts';
import { createHttpStreams } from './subscriptions/http-streams.ts';
import { createLiveStreams } from './subscriptions/live-streams.ts';
import { createOperationPlanner } from './subscriptions/operation.ts';
import { startSocketServer } from './subscriptions/socket-server.ts';
import { watchSupergraph } from './supergraph-watch.ts';
import { createSupergraphHolder, subgraphsOf, type SubgraphAddress } from './supergraph.ts';

export interface RunningGateway {
  readonly name: 'gateway';
  /** The GraphQL endpoint, for HTTP; ws:// for sockets. */
  readonly url: string;
  readonly port: number;
  /** Where people read about the API. */
  readonly docsUrl: string;
  close(): Promise<void>;
}

/**
 * Starts the gateway. It needs no database and no broker, and it starts without its subgraphs:
 * /health/ready says what it waits for, and who is away.
 */
export async function start(config: GatewayConfig, deps: GatewayDeps): Promise<RunningGateway> {
  const { local, logger, clock } = deps;
  const { limits, trustedProxies } = config;
  const { sdl, named } = readSupergraph(config.supergraphFile);
  const signer = readSigner(config.identityPrivateKey);
  const subgraphs = createSubgraphs({
    urls: config.subgraphUrls,
    timeoutMs: config.subgraphTimeoutMs,
    timeoutsMs: config.subgraphTimeoutsMs,
    breaker: config.breaker,
    signer,
    logger,
    clock,
  });
  subgraphs.link(named);
  const { askers } = subgraphs;
  const holder = createSupergraphHolder(sdl, subgraphs.dataSource, logger);
  const operations = createOperations(holder.current);
  const { open } = config;
  const users = () => subgraphs.links.get('users')?.addresses;
  const usersLink = open || !users() ? null : createUsersLink(users, signer);
  const usage = openUsage({
    users: usersLink,
    everyMs: config.usageReportMs,
    now: () => clock().getTime(),
    logger,
  });
  const guard = createGuard({
    budgets: config.budgets,
    listSize: config.costListSize,
    count: usage.count,
  });
  // Streams join what was not asked before their event, so that only single answers are shared.
  const once = config.deduplicate ? deduplicateQueries(askers) : askers;
  const known = createKnownOperations(operations, once, logger, guard);
  holder.gateway.executor = createApolloExecutor(operations, once, guard);
  const apollo = createGraphqlServer({ gateway: holder.gateway, limits, open, local, logger });
  await apollo.start();
  const clients = createClients(limits, () => clock().getTime());
  const ended = usersLink
    ? await openEndedSessions({
        users: usersLink,
        everyMs: config.sessionsRefreshMs,
        now: () => clock().getTime(),
        logger,
        onEnded: clients.endSessions,
      })
    : null;
  const tokens = open ? null : refuseEnded(await openTokens(config, deps), ended);
  const supergraph = holder.current;
  const planner = createOperationPlanner(supergraph, limits, local || open);
  const partners = await openPartners({
    config,
    deps,
    signer,
    users,
    endKey: (key) => clients.endSessions(new Set([key])),
    check: createOperationCheck({
      supergraph,
      operations,
      planner,
      limits,
      introspection: local || open,
    }),
  });
  const { apiKeys, persisted } = partners;
  const streams = createLiveStreams({
    planner,
    subgraphs: subgraphs.links,
    askers,
    guard,
    signer,
    patienceMs: config.streamPatienceMs,
    stallMs: config.streamStallMs,
    logger,
    clock,
  });
  const unwatch = watchGateway(clients, streams, limits);
  holder.onChange(() => {
    streams.replan();
    partners.recheck();
  });
  const watch = watchSupergraph({
    file: config.supergraphFile,
    everyMs: config.supergraphWatchMs,
    sdl,
    subgraphs,
    holder,
    logger,
  });
  let draining = false;
  const isDraining = () => draining;
  const health = createHealth({
    // An open gateway listens once its supergraph is loaded, and knows nothing of its subgraphs.
    subgraphs: open ? new Map() : subgraphs.links,
    known: {
      ...(tokens ? { 'keys of access tokens': tokens.ready } : {}),
      ...(apiKeys ? { 'API keys': apiKeys.told } : {}),
    },
    draining: isDraining,
  });
  const rates = openRateLimits(config, logger);
  const credentials: Credentials = { tokens, apiKeys, trustedProxies };
  const identify: Identify = (connection) => identifyRequest(connection, credentials);
  const http = await startRoutes({
    config,
    deps,
    apollo,
    known,
    identify,
    persisted,
    rates,
    usage,
    answerByStream: createHttpStreams({
      streams,
      clients,
      apollo,
      known,
      limits,
      open,
      logger,
      clock,
    }),
    supergraph,
    health,
    draining: isDraining,
  });
  const sockets = startSocketServer({
    server: http.server,
    streams,
    clients,
    apollo,
    known,
    ...credentials,
    persisted,
    rates,
    limits,
    logger,
    clock,
  });
  return {
    name: 'gateway',
    url: `${http.url}/graphql`,
    docsUrl: `${http.url}/api/docs`,
    port: http.port,
    async close() {
      draining = true;
      await sockets.close();
      await http.close();
      await usage.close();
      watch.close();
      unwatch();
      clients.close();
      ended?.close();
      streams.close();
      tokens?.close();
      partners.close();
      rates.close();
      await apollo.stop();
      await subgraphs.close();
    },
  };
}

const openTokens = (config: GatewayConfig, deps: GatewayDeps): Promise<AccessTokens> =>
  openAccessTokens({
    jwksUrl: config.jwksUrl,
    issuer: config.tokenIssuer,
    audience: config.tokenAudience,
    logger: deps.logger,
    clock: deps.clock,
  });

function readSupergraph(file: string): { sdl: string; named: readonly SubgraphAddress[] } {
  try {
    const sdl = readFileSync(file, 'utf8');
    return { sdl, named: subgraphsOf(sdl) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`SUPERGRAPH: ${file} is no readable supergraph (${why})`);
  }
}

/** An open gateway has no key, and tells its subgraphs nothing of who asks. */
function readSigner(privateKey: string | undefined): IdentitySigner {
  if (privateKey === undefined) return { sign: async () => '' };
  try {
    return createIdentitySigner(privateKey);
  } catch {
    throw new ConfigError(
      'IDENTITY_PRIVATE_KEY: must be a PEM of an EC P-256 private key, PKCS #8',
    );
  }
}

if (import.meta.main) {
  await runProgram('gateway', environment, async () => {
    const config = readGatewayConfig(environment);
    const logger = createLogger('gateway', config.logLevel);
    const running = await start(config, { local: false, logger, clock: systemClock });
    process.stdout.write(`gateway is ready at ${running.url}\n`);
    return running;
  });
}
