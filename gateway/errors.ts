import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { describeError, type Logger } from '#kit/log.ts';
import { boundedLabel, counter, startAtZero } from '#kit/metrics.ts';

/** What the gateway itself says; a subgraph's own codes pass through. */
export type GatewayCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'PERSISTED_QUERY_NOT_FOUND'
  | 'PERSISTED_QUERY_NOT_IN_LIST'
  | 'PERSISTED_QUERY_ID_REQUIRED'
  | 'QUERY_NOT_IN_SAFELIST'
  | 'RATE_LIMITED'
  | 'QUOTA_EXHAUSTED'
  | 'COST_LIMIT_EXCEEDED'
  | 'SERVICE_UNAVAILABLE'
  | 'SERVICE_TIMEOUT'
  | 'SUBSCRIPTION_OVER_HTTP'
  | 'OPERATION_RESOLUTION_FAILURE'
  | 'GRAPHQL_PARSE_FAILED'
  | 'GRAPHQL_VALIDATION_FAILED'
  | 'BAD_USER_INPUT'
  | 'BAD_REQUEST'
  | 'TOO_MANY_SUBSCRIPTIONS'
  | 'STREAM_INTERRUPTED'
  | 'SUPERGRAPH_CHANGED'
  | 'SERVICE_RESTARTING'
  | 'INVALID_SUBGRAPH_RESPONSE'
  | 'UNRESOLVABLE'
  | 'INTERNAL_SERVER_ERROR';

export interface FaultDetails {
  /** HTTP status, where it matters. */
  readonly status?: number;
  /** HTTP headers of the answer. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The subgraph that is to blame. */
  readonly service?: string;
  readonly path?: readonly (string | number)[] | undefined;
}

const away = new Set<unknown>(['SERVICE_UNAVAILABLE', 'SERVICE_TIMEOUT']);

/** Whether an error says no more than that somebody does not answer now. */
export const isAway = ({ extensions }: Pick<GraphQLFormattedError, 'extensions'>): boolean =>
  away.has(extensions?.['code']);

/** An error that a caller may see as it is. */
export function fault(
  code: GatewayCode,
  message: string,
  details: FaultDetails = {},
): GraphQLError {
  const { status, headers, service, path } = details;
  return new GraphQLError(message, {
    path,
    extensions: {
      code,
      ...(service === undefined ? {} : { service }),
      ...(status === undefined ? {} : { http: { status, ...(headers ? { headers } : {}) } }),
    },
  });
}

const told = counter(
  'mammon_gateway_errors_total',
  'Errors that callers were told, by their code and, where one was exceeded, the limit',
  ['code', 'limit'],
);
startAtZero(told, [{ code: 'INTERNAL_SERVER_ERROR', limit: '' }]);
/** Any supergraph's subgraphs have codes of their own. */
const codeLabel = boundedLabel();

/**
 * The one place where errors become answers: a message, a code, where it happened, and the subgraph
 * that said so. Whatever has no code is a bug: it is logged and masked.
 */
export function presentError(error: unknown, logger: Logger): GraphQLFormattedError {
  const known = error instanceof GraphQLError ? error : undefined;
  const { code, serviceName, service, limit } = known?.extensions ?? {};
  const from = service ?? serviceName;
  const position = {
    ...(known?.locations ? { locations: known.locations } : {}),
    ...(known?.path ? { path: known.path } : {}),
  };
  if (!known || typeof code !== 'string' || (code === 'INTERNAL_SERVER_ERROR' && !from)) {
    logger.error(describeError(error), 'a request failed');
    const extensions = { code: 'INTERNAL_SERVER_ERROR' };
    told.inc({ ...extensions, limit: '' });
    return { message: 'an internal error; it was logged', ...position, extensions };
  }
  const shown = limit === undefined ? code : 'OPERATION_LIMIT_EXCEEDED';
  told.inc({ code: codeLabel(shown), limit: typeof limit === 'string' ? limit : '' });
  return {
    message: introspectionIsOff(known) ?? known.message,
    ...position,
    extensions: {
      code: shown,
      ...(limit === undefined ? {} : { limit }),
      ...(typeof from === 'string' ? { service: from } : {}),
    },
  };
}

/** Apollo Server's own words would send callers to its settings. */
const introspectionIsOff = ({ extensions }: GraphQLError): string | undefined =>
  extensions['validationErrorCode'] === 'INTROSPECTION_DISABLED'
    ? 'introspection is off here; /api/docs describes the schema'
    : undefined;
