import type { Server } from 'node:http';
import {
  createSourceEventStream,
  execute,
  getOperationAST,
  GraphQLError,
  parse,
  validate,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { formatFault } from './graphql-errors.ts';
import { identityExtension, type IdentityVerifier } from './identity.ts';
import type { Logger } from './log.ts';
import { beginning } from './stream.ts';
import type { SubgraphContext } from './subgraph-context.ts';

export interface SubscriptionSettings {
  readonly server: Server;
  readonly schema: GraphQLSchema;
  readonly verifier: IdentityVerifier;
  readonly logger: Logger;
}

/**
 * Asked for with `true` in a subscription's `extensions`, it is answered first of all, in those of a
 * result without data: the sequence that the stream begins after. So a gateway can resume a stream
 * that broke before its first event.
 */
export const beginningExtension = 'mammonBeginning';

const payloadLimit = 256 * 1024;
const goingAway = 1001;

/**
 * Serves subscriptions over graphql-ws on /graphql. One socket of a gateway carries the streams of
 * many users, so the identity comes with each subscribe message, in its `extensions`.
 */
export function attachSubscriptions(settings: SubscriptionSettings): { close(): Promise<void> } {
  const { server, schema, logger } = settings;
  const sockets = new WebSocketServer({ server, path: '/graphql', maxPayload: payloadLimit });
  const handler = useServer(
    {
      onSubscribe: (_context, _id, payload) => prepare(settings, payload),
      subscribe,
      onNext: (_context, _id, _payload, _args, result) => masked(result, logger),
      onError: (_context, _id, _payload, errors) =>
        errors.map((error) => formatFault(error, logger)),
    },
    sockets,
  );
  return {
    async close() {
      for (const socket of sockets.clients) socket.close(goingAway, 'going away');
      await handler.dispose();
      sockets.close();
    },
  };

  async function prepare({ verifier }: SubscriptionSettings, payload: SubscribePayload) {
    const token = payload.extensions?.[identityExtension];
    const identity =
      typeof token === 'string' ? await verifier.verify(token).catch(() => null) : null;
    if (!identity) return [refusal('IDENTITY_REQUIRED', 'only the gateway may ask here')];
    const document = read(payload.query);
    if (document instanceof GraphQLError) return [document];
    const errors = validate(schema, document);
    if (errors.length > 0) return errors;
    if (getOperationAST(document, payload.operationName)?.operation !== 'subscription') {
      return [refusal('BAD_REQUEST', 'only subscriptions travel over this socket')];
    }
    const contextValue: SubgraphContext = { identity, cache: new Map() };
    return {
      schema,
      document,
      operationName: payload.operationName,
      variableValues: payload.variables,
      contextValue,
      tellBeginning: payload.extensions?.[beginningExtension] === true,
    };
  }
}

/** graphql-js' subscribe, but each event has a cache of its own: loaders must not answer stale. */
async function subscribe(
  args: ExecutionArgs & { tellBeginning?: boolean },
): Promise<AsyncGenerator<ExecutionResult, void, void> | ExecutionResult> {
  const source = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in source)) return source;
  const events = source[Symbol.asyncIterator]();
  let tellBeginning = args.tellBeginning === true && beginning in source;
  const results: AsyncGenerator<ExecutionResult, void, void> = {
    [Symbol.asyncIterator]: () => results,
    async next() {
      if (tellBeginning) {
        tellBeginning = false;
        const sequence = await beginningOf(source);
        if (sequence !== undefined) {
          return { done: false, value: { extensions: { [beginningExtension]: sequence } } };
        }
      }
      const event = await events.next();
      if (event.done) return { done: true, value: undefined };
      const context = args.contextValue as SubgraphContext;
      const contextValue = { ...context, cache: new Map() };
      return {
        done: false,
        value: await execute({ ...args, rootValue: event.value, contextValue }),
      };
    },
    async return() {
      await events.return?.();
      return { done: true, value: undefined };
    },
    async throw(error) {
      await events.return?.();
      throw error;
    },
    async [Symbol.asyncDispose]() {
      await events.return?.();
    },
  };
  return results;
}

/** Undefined when the stream could not begin: its first next() then says why. */
async function beginningOf(source: object): Promise<number | undefined> {
  const tell = (source as { [beginning]?: () => Promise<number> })[beginning];
  return tell?.().catch(() => undefined);
}

function read(query: string): DocumentNode | GraphQLError {
  try {
    return parse(query, { maxTokens: 15_000 });
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

function masked(result: ExecutionResult, logger: Logger) {
  if (!result.errors) return undefined;
  return { ...result, errors: result.errors.map((error) => formatFault(error, logger)) };
}

function refusal(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}
