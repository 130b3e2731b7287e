import { allow } from 'graphql-shield';
import { isAuthenticated } from '#kit/rules.ts';

/**
 * A rule for every field. A stranger may register and log in, and then see the answer; what a user
 * shows of itself is decided in its resolvers, by who asks.
 */
export const permissions = {
  Query: { me: allow, sessions: isAuthenticated },
  Mutation: {
    register: allow,
    logIn: allow,
    refreshTokens: allow,
    logOut: isAuthenticated,
    endSession: isAuthenticated,
    endAllSessions: isAuthenticated,
  },
  User: { id: allow, email: allow, roles: allow, createdAt: allow },
  Session: { '*': isAuthenticated },
  Tokens: { '*': allow },
  AccountRefusal: { '*': allow },
  RegisterPayload: { '*': allow },
  LogInPayload: { '*': allow },
  RefreshPayload: { '*': allow },
  EndSessionsPayload: { '*': isAuthenticated },
};
