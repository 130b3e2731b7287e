import type { GraphQLFormattedError } from 'graphql';
import type { GatewayContext } from '../caller.ts';

/** Objects as they come out of JSON. */
export type JsonObject = Record<string, unknown>;

/** What a subgraph says to one of the plan's operations. */
export interface SubgraphAnswer {
  readonly data?: JsonObject | null;
  readonly errors?: readonly GraphQLFormattedError[];
}

/** One of the plan's operations, ready to be sent. */
export interface SubgraphRequest {
  /** The JSON of a GraphQL request. */
  readonly body: string;
  /** A mutation is never sent twice. */
  readonly mutation: boolean;
  readonly context: Partial<GatewayContext>;
}

/** Where the executor sends its operations. */
export interface SubgraphAsker {
  /** @throws GraphQLError SERVICE_UNAVAILABLE when nobody answers, SERVICE_TIMEOUT in time */
  ask(request: SubgraphRequest): Promise<SubgraphAnswer>;
}

export interface SubgraphAskers {
  get(name: string): SubgraphAsker | undefined;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
