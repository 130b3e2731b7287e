import type { Logger } from '#kit/log.ts';

/** Our logger in the shape that Apollo's packages call; what they tell is for debugging. */
export function forApollo(logger: Logger) {
  return {
    debug: (message?: unknown) => logger.debug({}, String(message)),
    info: (message?: unknown) => logger.debug({}, String(message)),
    warn: (message?: unknown) => logger.warn({}, String(message)),
    error: (message?: unknown) => logger.error({}, String(message)),
  };
}
