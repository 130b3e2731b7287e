import type { Logger } from '#kit/log.ts';
import type { UsageRow } from './row.ts';

export interface ReporterSettings {
  drain(): readonly UsageRow[];
  /** Takes a batch once, by its number: one that comes again is not counted again. */
  send(sequence: number, rows: readonly UsageRow[]): Promise<void>;
  readonly everyMs: number;
  readonly logger: Logger;
}

export interface Reporter {
  /** Sends what there is. @throws Error when it is not taken; it is then kept */
  flush(): Promise<void>;
  /** Sends what there is for the last time. */
  close(): Promise<void>;
}

const batchRows = 1_000;

/**
 * Passes on what was counted, in bounded batches, one after another. While nobody takes them the
 * batch in hand is offered again as it is, and the counter goes on, which is bounded itself.
 */
export function openReporter(settings: ReporterSettings): Reporter {
  const { everyMs, logger } = settings;
  let waiting: readonly UsageRow[] = [];
  let sequence = 1;
  let failing = false;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> | undefined;

  async function work(): Promise<void> {
    if (waiting.length === 0) waiting = settings.drain();
    while (waiting.length > 0) {
      await settings.send(sequence, waiting.slice(0, batchRows));
      waiting = waiting.slice(batchRows);
      sequence += 1;
    }
  }

  function flush(): Promise<void> {
    working ??= work().finally(() => (working = undefined));
    return working;
  }

  async function tick(): Promise<void> {
    try {
      await flush();
      if (failing) logger.info({}, 'usage is reported again');
      failing = false;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (!failing) logger.warn({ why }, 'usage cannot be reported; it is kept until it can');
      failing = true;
    }
    if (!closed) schedule();
  }

  function schedule(): void {
    timer = setTimeout(() => void tick(), everyMs);
    timer.unref();
  }

  schedule();
  return {
    flush,
    async close() {
      closed = true;
      clearTimeout(timer);
      await working?.catch(() => undefined);
      // What was offered in vain comes first, and then what was counted since.
      await flush()
        .then(flush)
        .catch((error: unknown) => {
          const why = error instanceof Error ? error.message : String(error);
          logger.warn({ why }, 'the last usage could not be reported and is lost');
        });
    },
  };
}
