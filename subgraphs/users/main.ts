import { brokerTopology } from '#contracts/build.ts';
import { systemClock } from '#kit/clock.ts';
import { openOrm } from '#kit/orm.ts';
import type { Platform } from '#kit/platform.ts';
import { pingRedis } from '#kit/pubsub.ts';
import { runService, type RunningService } from '#kit/run-service.ts';
import { readSchema, startSubgraphServer } from '#kit/subgraph-server.ts';
import { createIdentityVerifier } from '#kit/identity.ts';
import { createResolvers } from './adapters/graphql/resolvers.ts';
import { permissions } from './adapters/graphql/permissions.ts';
import { gatewayRoutes } from './adapters/http/gateway-routes.ts';
import {
  ApiKeyEntity,
  ApiKeySecretEntity,
  PublishedOperationEntity,
} from './adapters/postgres/api-key-entities.ts';
import { createApiKeyStore } from './adapters/postgres/api-key-store.ts';
import { SessionEntity, UserEntity } from './adapters/postgres/entities.ts';
import { migrations } from './adapters/postgres/migrations.ts';
import { createPostgresSessionStore } from './adapters/postgres/session-store.ts';
import { createBarStore } from './adapters/postgres/bar-store.ts';
import { createUsageStore } from './adapters/postgres/usage-store.ts';
import { createUserStore } from './adapters/postgres/user-store.ts';
import { createRedisSessionStore } from './adapters/redis/session-store.ts';
import { newSecret } from './adapters/security/api-key-secrets.ts';
import { createArgon2Hasher } from './adapters/security/argon2-hasher.ts';
import { createThrottle } from './adapters/security/throttle.ts';
import { createAccessTokens, createRefreshTokens } from './adapters/security/tokens.ts';
import { createOperator } from './application/create-operator.ts';
import type { Credentials } from './application/register.ts';
import { readUsersConfig, type UsersConfig } from './config.ts';

/** Accounts, log-ins and sessions, and the keys that verify their tokens. */
export async function start(config: UsersConfig, platform: Platform): Promise<RunningService> {
  const { clock, redis } = platform;
  const logger = platform.logger('users');
  const orm = await openUsersDatabase(platform.databaseUrl('users'));
  // Then the last access token of an ended session has expired by itself, whosever clock is asked.
  const rememberEndMs = config.accessTokenLifetimeMs + 60_000;
  const { tokens, jwks } = await createAccessTokens(
    config.accessTokenPrivateKey,
    config.accessTokenLifetimeMs,
    clock,
  );
  const ports = {
    users: createUserStore(orm),
    bars: createBarStore(orm),
    apiKeys: createApiKeyStore(orm),
    usage: createUsageStore(orm),
    newSecret,
    sessions: redis
      ? createRedisSessionStore(redis, rememberEndMs)
      : createPostgresSessionStore(orm, rememberEndMs),
    hasher: await createArgon2Hasher(config.hashConcurrency),
    throttle: createThrottle(redis, config.limits),
    accessTokens: tokens,
    refreshTokens: createRefreshTokens(config.refreshTokenSecret),
    clock,
    logger,
    sessionLifetimeMs: config.sessionLifetimeMs,
    refreshGraceMs: config.refreshGraceMs,
  };
  if (platform.local && config.seedOperator) {
    const { email } = config.seedOperator;
    const seeded = await ports.users.byEmail(email.toLowerCase());
    if (!seeded) await createOperator(ports, config.seedOperator);
  }
  const jwksBody = JSON.stringify(jwks);
  const server = await startSubgraphServer({
    name: 'users',
    typeDefs: readSchema(import.meta.url),
    resolvers: createResolvers(ports),
    permissions,
    identityPublicKey: config.identityPublicKey,
    host: config.host,
    port: config.port,
    logger,
    introspection: platform.local,
    metrics: platform.metrics,
    health: async () => {
      const [database, sessions] = await Promise.allSettled([
        orm.em.fork().execute('select 1'),
        redis ? pingRedis(redis) : undefined,
      ]);
      return [
        ...(database.status === 'rejected' ? ['PostgreSQL'] : []),
        ...(sessions.status === 'rejected' ? ['Redis'] : []),
      ];
    },
    routes: {
      ...gatewayRoutes(ports, createIdentityVerifier(config.identityPublicKey, 'users')),
      '/.well-known/jwks.json': async () => ({
        status: 200,
        headers: { 'content-type': 'application/json', 'cache-control': 'max-age=300' },
        body: jwksBody,
      }),
    },
  });
  return {
    name: 'users',
    url: server.url,
    async close() {
      await server.close();
      await orm.close();
    },
  };
}

/** Makes an operator in a users database: what `npm run operator:create` does. */
export async function addOperator(databaseUrl: string, credentials: Credentials): Promise<string> {
  const orm = await openUsersDatabase(databaseUrl);
  try {
    const hasher = await createArgon2Hasher(1);
    const ports = { users: createUserStore(orm), hasher, clock: systemClock };
    return (await createOperator(ports, credentials)).id;
  } finally {
    await orm.close();
  }
}

const entities = [
  UserEntity,
  SessionEntity,
  ApiKeyEntity,
  ApiKeySecretEntity,
  PublishedOperationEntity,
];

const openUsersDatabase = (url: string) => openOrm({ url, entities, migrations });

if (import.meta.main) {
  await runService('users', brokerTopology, readUsersConfig, start);
}
