import { GraphQLError } from 'graphql';
import { rule } from 'graphql-shield';
import type { SubgraphContext } from './subgraph-context.ts';

/** Whoever asks is logged in. */
export const isAuthenticated = rule('isAuthenticated', { cache: 'contextual' })(
  (_parent: unknown, _args: unknown, context: SubgraphContext) =>
    context.identity.userId !== null || coded('UNAUTHENTICATED', 'log in first'),
);

/** Whoever asks has logged in as a person: what an API key may do must not make more of its kind. */
export const isPerson = rule('isPerson', { cache: 'contextual' })(
  (_parent: unknown, _args: unknown, { identity }: SubgraphContext) =>
    identity.userId === null
      ? coded('UNAUTHENTICATED', 'log in first')
      : identity.apiKeyId === undefined || coded('FORBIDDEN', 'an API key may not do this'),
);

/** Whoever asks runs Mammon. */
export const isOperator = rule('isOperator', { cache: 'contextual' })(
  (_parent: unknown, _args: unknown, context: SubgraphContext) =>
    context.identity.roles.includes('OPERATOR') || forbidden(),
);

/** What a rule answers when it refuses without a reason of its own. */
export const forbidden = (): GraphQLError => coded('FORBIDDEN', 'you may not do this');

function coded(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}
