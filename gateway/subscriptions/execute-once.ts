import type { ApolloServer } from '@apollo/server';
import type { FormattedExecutionResult } from 'graphql';
import { assert } from '#kit/errors.ts';
import type { Logger } from '#kit/log.ts';
import type { GatewayContext } from '../caller.ts';
import { presentError } from '../errors.ts';
import type { KnownOperations } from '../executor/known-operations.ts';
import type { SubscriptionRequest } from './live-streams.ts';

export interface OnceSettings {
  readonly apollo: ApolloServer<GatewayContext>;
  readonly known: KnownOperations;
  readonly logger: Logger;
}

/** A query or mutation that came by a stream's way. All that goes wrong is in its errors. */
export async function executeOnce(
  { apollo, known, logger }: OnceSettings,
  { query, variables, operationName }: SubscriptionRequest,
  contextValue: GatewayContext,
): Promise<FormattedExecutionResult> {
  try {
    const prepared = known.find(query, operationName);
    if (prepared) return await known.execute(prepared, variables, contextValue);
    const request = { query, variables, ...(operationName ? { operationName } : {}) };
    const { body } = await apollo.executeOperation(request, { contextValue });
    assert(body.kind === 'single', 'the gateway does not defer');
    return body.singleResult;
  } catch (error) {
    // A fault of one operation must not cost the socket's other streams.
    return { errors: [presentError(error, logger)] };
  }
}
