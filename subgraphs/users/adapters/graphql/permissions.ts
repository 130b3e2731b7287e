import { allow, and } from 'graphql-shield';
import { isAuthenticated, isOperator, isPerson } from '#kit/rules.ts';

/**
 * A rule for every field. A stranger may register and log in, and then see the answer; what a user
 * shows of itself is decided in its resolvers, by who asks.
 */
export const permissions = {
  Query: {
    me: allow,
    sessions: isAuthenticated,
    apiKeys: isAuthenticated,
    barredUsers: and(isPerson, isOperator),
  },
  Mutation: {
    register: allow,
    logIn: allow,
    refreshTokens: allow,
    logOut: isAuthenticated,
    endSession: isPerson,
    endAllSessions: isPerson,
    createApiKey: isPerson,
    rotateApiKey: isPerson,
    revokeApiKey: isPerson,
    setOperationLevel: isPerson,
    publishOperations: isAuthenticated,
    setApiKeyLimits: and(isPerson, isOperator),
    setPartner: and(isPerson, isOperator),
    barUser: and(isPerson, isOperator),
    unbarUser: and(isPerson, isOperator),
  },
  User: { id: allow, email: allow, roles: allow, createdAt: allow, bar: allow },
  Bar: { '*': isOperator },
  UserConnection: { '*': isOperator },
  UserEdge: { '*': isOperator },
  PageInfo: { '*': isAuthenticated },
  Session: { '*': isAuthenticated },
  Tokens: { '*': allow },
  AccountRefusal: { '*': allow },
  RegisterPayload: { '*': allow },
  LogInPayload: { '*': allow },
  RefreshPayload: { '*': allow },
  ApiKey: { '*': isAuthenticated },
  PublishedOperation: { '*': isAuthenticated },
  ApiKeySecretPayload: { '*': isAuthenticated },
  ApiKeyPayload: { '*': isAuthenticated },
  PublishOperationsPayload: { '*': isAuthenticated },
  PartnerPayload: { '*': isAuthenticated },
  BarPayload: { '*': isOperator },
  EndSessionsPayload: { '*': isAuthenticated },
};
