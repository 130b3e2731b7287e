import { describeError, type Logger } from '#kit/log.ts';
import { pause } from '#kit/pause.ts';
import type { Maker } from '../domain/maker.ts';
import type { Venue } from './venue.ts';

/**
 * Quotes at once and then once in every tick, until it is closed. Market time goes by ticks and not
 * by the wall, so that a seed is a path.
 */
export async function runMaker(options: {
  readonly venue: Venue;
  readonly maker: Maker;
  readonly tickMs: number;
  readonly speed: number;
  readonly logger: Logger;
}): Promise<{ close(): Promise<void> }> {
  const { venue, maker, tickMs, speed, logger } = options;
  const elapsedMs = BigInt(tickMs) * BigInt(speed);
  const ended = new AbortController();
  await venue.exclusive(() => venue.tick(maker.quote(0n)));
  const loop = async (): Promise<void> => {
    for (;;) {
      await pause(tickMs, ended.signal);
      if (ended.signal.aborted) return;
      try {
        await venue.exclusive(() => venue.tick(maker.quote(elapsedMs)));
      } catch (error) {
        // The next tick begins with the books as they are stored.
        logger.error({ ...describeError(error) }, 'the market maker could not quote');
      }
    }
  };
  const running = loop();
  return {
    async close() {
      ended.abort();
      await running;
    },
  };
}
