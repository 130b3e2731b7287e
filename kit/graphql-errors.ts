import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { Refusal } from './errors.ts';
import { describeError, type Logger } from './log.ts';
import { isTransient } from './transient.ts';

/**
 * What a caller may see of an error: a refusal's code and message, GraphQL's own errors about the
 * request, SERVICE_UNAVAILABLE where the same may succeed later, and nothing but
 * INTERNAL_SERVER_ERROR of everything else. The last two are logged instead.
 */
export function formatFault(error: unknown, logger: Logger): GraphQLFormattedError {
  if (!(error instanceof GraphQLError)) return internal(error, logger);
  const position = {
    ...(error.path ? { path: error.path } : {}),
    ...(error.locations ? { locations: error.locations } : {}),
  };
  const cause = error.originalError;
  if (cause instanceof Refusal) {
    return { message: cause.message, ...position, extensions: { code: cause.code } };
  }
  const coded = cause instanceof GraphQLError ? cause : error;
  if (cause && !(cause instanceof GraphQLError)) {
    return { ...internal(cause, logger), ...position };
  }
  const code = coded.extensions['code'] ?? error.extensions['code'];
  // Without a code and without a path it is about the request's own text or variables.
  if (code === undefined && error.path) return { ...internal(error, logger), ...position };
  return {
    message: coded.message,
    ...position,
    extensions: { code: typeof code === 'string' ? code : 'GRAPHQL_VALIDATION_FAILED' },
  };
}

function internal(error: unknown, logger: Logger): GraphQLFormattedError {
  if (isTransient(error)) {
    logger.warn(describeError(error), 'a resolver could not reach what it needs');
    return {
      message: 'a service that this needs is away; try again',
      extensions: { code: 'SERVICE_UNAVAILABLE' },
    };
  }
  logger.error(describeError(error), 'a resolver failed');
  return {
    message: 'an internal error; it was logged',
    extensions: { code: 'INTERNAL_SERVER_ERROR' },
  };
}
