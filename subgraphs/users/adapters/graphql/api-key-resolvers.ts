import { idPattern, type UserId } from '#kit/ids.ts';
import { maySee, requireUser, type SubgraphContext } from '#kit/subgraph-context.ts';
import {
  createApiKey,
  revokeApiKey,
  rotateApiKey,
  setApiKeyLimits,
  setOperationLevel,
  setPartner,
  type ApiKeyPorts,
  type KeyWithSecret,
} from '../../application/manage-api-keys.ts';
import { publishOperations } from '../../application/publish-operations.ts';
import type { StoredUser } from '../../application/ports.ts';
import { refusable } from './refusable.ts';
import type { Resolvers } from './schema.generated.ts';

type Person = object & { readonly id: string };
type Of<Name extends keyof Resolvers> = NonNullable<Resolvers[Name]>;

/** The part of the resolvers that is about API keys and their operations. */
export function createApiKeyResolvers(
  ports: ApiKeyPorts,
  ownUser: (user: StoredUser) => Person,
  userOf: (context: SubgraphContext, id: UserId) => Promise<Person>,
) {
  const query: Of<'Query'> = {
    apiKeys: async (_parent, { userId }, context) => {
      const owner = userId ?? requireUser(context);
      if (!idPattern.test(owner) || !maySee(context, owner as UserId)) return [];
      return ports.apiKeys.list(owner as UserId);
    },
  };
  const mutation: Of<'Mutation'> = {
    createApiKey: (_parent, { input }, context) =>
      refusable(async () => {
        const expiresAt = input.expiresAt == null ? null : new Date(input.expiresAt);
        const { level = 'LOG' } = input;
        const key = { ...input, level, expiresAt };
        return told(await createApiKey(ports, requireUser(context), key));
      }),
    rotateApiKey: (_parent, { id, overlapSeconds }, { identity }) =>
      refusable(async () => told(await rotateApiKey(ports, identity, id, overlapSeconds))),
    revokeApiKey: (_parent, { id }, { identity }) =>
      refusable(async () => ({ apiKey: await revokeApiKey(ports, identity, id) })),
    setOperationLevel: (_parent, { id, level }, { identity }) =>
      refusable(async () => ({ apiKey: await setOperationLevel(ports, identity, id, level) })),
    setApiKeyLimits: (_parent, args, { identity }) =>
      refusable(async () => {
        const { id, requestsPerMinute = null, requestsPerDay = null } = args;
        const limits = { requestsPerMinute, requestsPerDay };
        return { apiKey: await setApiKeyLimits(ports, identity, id, limits) };
      }),
    setPartner: (_parent, { userId, partner }) =>
      refusable(async () => ({ user: ownUser(await setPartner(ports, userId, partner)) })),
    publishOperations: (_parent, { input }, { identity }) =>
      refusable(async () => {
        const { apiKeyId = null, replace = false } = input;
        const published = await publishOperations(ports, identity, {
          ...input,
          apiKeyId,
          replace,
        });
        return { apiKey: published.key, operations: published.operations };
      }),
  };
  const apiKey: Of<'ApiKey'> = {
    user: ({ userId }, _args, context) => userOf(context, userId),
    prefixes: ({ secrets }) => {
      const now = ports.clock();
      const live = secrets.filter(({ expiresAt }) => expiresAt === null || expiresAt > now);
      return live.map(({ prefix }) => prefix);
    },
    createdAt: ({ createdAt }) => createdAt.toISOString(),
    expiresAt: ({ expiresAt }) => expiresAt?.toISOString() ?? null,
    revokedAt: ({ revokedAt }) => revokedAt?.toISOString() ?? null,
    operations: ({ id }) => ports.apiKeys.operations(id),
  };
  return { Query: query, Mutation: mutation, ApiKey: apiKey };
}

const told = ({ key, secret }: KeyWithSecret) => ({ apiKey: key, secret });
