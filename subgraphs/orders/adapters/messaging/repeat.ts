import { describeError, type Logger } from '#kit/log.ts';
import { pause } from '#kit/pause.ts';

/**
 * Does something again and again, with a pause between, never twice at once. An error is logged and
 * the next turn tries again.
 */
export function repeat(
  work: () => Promise<unknown>,
  intervalMs: number,
  logger: Logger,
): { close(): Promise<void> } {
  const closing = new AbortController();
  const turns = run();
  return {
    async close() {
      closing.abort();
      await turns;
    },
  };

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        await work();
      } catch (error) {
        logger.warn(describeError(error), 'a repeated task failed; the next turn tries again');
      }
      await pause(intervalMs, closing.signal);
    }
  }
}
