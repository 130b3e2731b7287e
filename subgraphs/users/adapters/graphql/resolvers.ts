import DataLoader from 'dataloader';
import { dateTimeScalar } from '#kit/graphql-scalars.ts';
import { idPattern, type UserId } from '#kit/ids.ts';
import {
  maySee,
  oncePerRequest,
  requireUser,
  type SubgraphContext,
} from '#kit/subgraph-context.ts';
import { barUser, unbarUser, type BarPorts } from '../../application/bar-user.ts';
import { endAllSessions, endSession } from '../../application/end-sessions.ts';
import { listBarredUsers } from '../../application/list-barred-users.ts';
import { logIn } from '../../application/log-in.ts';
import type { StoredUser, Tokens } from '../../application/ports.ts';
import { refresh, type RefreshPorts } from '../../application/refresh-tokens.ts';
import { register } from '../../application/register.ts';
import type { Session } from '../../domain/session.ts';
import type { ApiKeyPorts } from '../../application/manage-api-keys.ts';
import { createApiKeyResolvers } from './api-key-resolvers.ts';
import { refusable } from './refusable.ts';
import type { Resolvers } from './schema.generated.ts';

export function createResolvers(ports: RefreshPorts & ApiKeyPorts & BarPorts): Resolvers {
  const { sessions, clock } = ports;
  const newLoader = () =>
    new DataLoader<UserId, StoredUser | null>(async (ids) => {
      const users = new Map((await ports.users.byIds(ids)).map((user) => [user.id, user]));
      return ids.map((id) => users.get(id) ?? null);
    });
  const load = (context: SubgraphContext, id: UserId) =>
    oncePerRequest(context, newLoader).load(id);
  /** As much of a user as whoever asks may see. */
  const userOf = async (context: SubgraphContext, id: UserId) => {
    const user = maySee(context, id) ? await load(context, id) : null;
    return user ? ownUser(user) : { id };
  };
  const keys = createApiKeyResolvers(ports, ownUser, userOf);

  return {
    DateTime: dateTimeScalar,
    Query: {
      me: async (_parent, _args, context) => {
        const id = context.identity.userId;
        const user = id && (await load(context, id));
        return user ? ownUser(user) : null;
      },
      sessions: async (_parent, _args, context) => {
        const live = await sessions.list(requireUser(context), clock());
        return live.map((session) => toSession(session, context));
      },
      barredUsers: async (_parent, { first, after = null }, { identity }) => {
        const page = await listBarredUsers(ports.bars, identity, first, after);
        const edges = page.edges.map(({ cursor, node }) => ({ cursor, node: ownUser(node) }));
        return { ...page, edges };
      },
      ...keys.Query,
    },
    Mutation: {
      register: (_parent, { input }, context) =>
        refusable(async () => ({
          user: ownUser(await register(ports, input, context.identity)),
        })),
      logIn: (_parent, { input }, context) =>
        refusable(async () => {
          const { user, tokens } = await logIn(ports, input, context.identity);
          return { user: ownUser(user), tokens: toTokens(tokens) };
        }),
      refreshTokens: (_parent, { refreshToken }, context) =>
        refusable(async () => ({
          tokens: toTokens(await refresh(ports, refreshToken, context.identity)),
        })),
      logOut: async (_parent, _args, { identity }) => {
        const ended = identity.sessionId !== null && (await sessions.end(identity.sessionId));
        return { ended: ended ? 1 : 0 };
      },
      endSession: async (_parent, { id }, context) => {
        const ended = await refusable(async () => ({
          ended: await endSession(sessions, requireUser(context), id),
        }));
        return { ended: 0, ...ended };
      },
      endAllSessions: async (_parent, _args, context) => ({
        ended: await endAllSessions(sessions, requireUser(context), clock()),
      }),
      barUser: (_parent, { input }, { identity }) =>
        refusable(async () => ({ user: ownUser(await barUser(ports, identity, input)) })),
      unbarUser: (_parent, { userId }, { identity }) =>
        refusable(async () => ({ user: ownUser(await unbarUser(ports, identity, userId)) })),
      ...keys.Mutation,
    },
    ApiKey: keys.ApiKey,
    Bar: { by: ({ by }, _args, context) => userOf(context, by.id as UserId) },
    User: {
      // A reference tells nothing but the id that its asker has; the fields below see who asks.
      __resolveReference: async (reference, context) => {
        if (!context.identity.userId || !idPattern.test(reference.id)) return null;
        const id = reference.id as UserId;
        if (!maySee(context, id)) return { id };
        const user = await load(context, id);
        return user ? ownUser(user) : null;
      },
      bar: ({ bar = null }, _args, { identity }) =>
        identity.roles.includes('OPERATOR') ? bar : null,
    },
  };
}

/** What a user's own eyes, or an operator's, may see. */
const ownUser = ({ id, email, roles, createdAt, bar }: StoredUser) => ({
  id,
  email,
  roles,
  createdAt: createdAt.toISOString(),
  bar: bar && { reason: bar.reason, since: bar.since.toISOString(), by: { id: bar.by } },
});

const toTokens = ({ accessToken, accessTokenExpiresAt, refreshToken }: Tokens) => ({
  accessToken,
  accessTokenExpiresAt: accessTokenExpiresAt.toISOString(),
  refreshToken,
});

const toSession = (session: Session, { identity }: SubgraphContext) => ({
  id: session.id,
  createdAt: session.createdAt.toISOString(),
  lastUsedAt: session.lastUsedAt.toISOString(),
  expiresAt: session.expiresAt.toISOString(),
  device: session.device,
  current: session.id === identity.sessionId,
});
