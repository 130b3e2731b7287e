import { GraphQLError } from 'graphql';
import type { Logger } from '#kit/log.ts';
import { fault, isAway } from '../errors.ts';
import type { SubgraphAsker } from '../executor/subgraph-answer.ts';

export interface BreakerSettings {
  readonly name: string;
  /** Failures in a row after which the subgraph is left alone. */
  readonly failures: number;
  /** For how long; then one request tries. */
  readonly restMs: number;
  readonly now: () => number;
  readonly logger: Logger;
}

/**
 * Leaves a subgraph alone that does not answer, so that callers need not wait for what will not come,
 * and it can get up without all of them at its door. A mutation that is refused here was not sent.
 */
export function withBreaker(asker: SubgraphAsker, settings: BreakerSettings): SubgraphAsker {
  const { name, restMs, now, logger } = settings;
  let failed = 0;
  let restsUntilMs = 0;
  let trying = false;
  return {
    async ask(request) {
      const broken = failed >= settings.failures;
      if (broken && (trying || now() < restsUntilMs)) {
        const message = `${name} did not answer ${failed} times and is left alone for a moment`;
        throw fault('SERVICE_UNAVAILABLE', message, { service: name });
      }
      trying = broken;
      try {
        const answer = await asker.ask(request);
        if (broken) logger.info({ subgraph: name }, 'a subgraph answers again');
        failed = 0;
        return answer;
      } catch (error) {
        if (error instanceof GraphQLError && isAway(error)) {
          failed += 1;
          restsUntilMs = now() + restMs;
          if (failed === settings.failures) {
            logger.warn({ subgraph: name, restMs }, 'a subgraph is left alone');
          }
        }
        throw error;
      } finally {
        if (broken) trying = false;
      }
    },
  };
}
