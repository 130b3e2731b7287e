import { ApolloServer, type ApolloServerOptions, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import type { ApolloGateway } from '@apollo/gateway';
import type { DocumentNode } from 'graphql';
import type { Logger } from '#kit/log.ts';
import { forApollo } from './apollo-logger.ts';
import type { GatewayContext } from './caller.ts';
import type { OperationLimits } from './config.ts';
import { fault, presentError } from './errors.ts';
import { createBoundedCache, weightOf } from './executor/bounded-cache.ts';
import { limitOperations } from './limits.ts';

export interface GraphqlServerSettings {
  readonly gateway: ApolloGateway;
  readonly limits: OperationLimits;
  /** Serves anybody without limits. */
  readonly open: boolean;
  /** Introspection, and hints at the schema in errors, are for local mode and open gateways only. */
  readonly local: boolean;
  readonly logger: Logger;
}

/** Apollo Server for queries and mutations, whichever way they come in. */
export function createGraphqlServer(settings: GraphqlServerSettings): ApolloServer<GatewayContext> {
  const { gateway, limits, open, logger } = settings;
  const local = settings.local || open;
  return new ApolloServer<GatewayContext>({
    gateway,
    introspection: local,
    hideSchemaDetailsFromClientErrors: !local,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    csrfPrevention: !open,
    persistedQueries: false,
    documentStore: createDocumentStore(),
    maxRecursiveSelections: !open,
    parseOptions: { maxTokens: limits.tokens },
    validationRules: [limitOperations(limits)],
    formatError: (_formatted, error) => presentError(error, logger),
    stringifyResult: (result) => JSON.stringify(result),
    stopOnTerminationSignals: false,
    logger: forApollo(logger),
    plugins: [ApolloServerPluginLandingPageDisabled(), manners],
  });
}

const mostDocuments = 2_000;
const mostBytes = 32 * 1024 * 1024;

/** Apollo's own store weighs documents by their JSON, which is a small part of what they keep. */
function createDocumentStore(): NonNullable<ApolloServerOptions<GatewayContext>['documentStore']> {
  const documents = createBoundedCache<DocumentNode>(mostDocuments, mostBytes);
  return {
    get: async (key) => documents.get(key),
    set: async (key, document) => documents.set(key, document, weightOf(document)),
    delete: async (key) => documents.delete(key),
  };
}

/** Answers clearly what Apollo Server and Apollo Gateway leave to an internal error. */
const manners: ApolloServerPlugin<GatewayContext> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ operation }) {
        if (!operation) {
          throw fault(
            'OPERATION_RESOLUTION_FAILURE',
            'the document has no operation of this name, or several and no name was given',
            { status: 400 },
          );
        }
        if (operation.operation === 'subscription') throw subscriptionOverHttp();
      },
    };
  },
};

const subscriptionOverHttp = () =>
  fault(
    'SUBSCRIPTION_OVER_HTTP',
    'subscriptions travel over a WebSocket at this address (subprotocol graphql-transport-ws), or ' +
      'as text/event-stream or multipart/mixed;subscriptionSpec=1.0 where `accept` says so',
    { status: 400 },
  );
