import { randomUUID } from 'node:crypto';
import type { Logger } from '#kit/log.ts';
import type { UsersLink } from '../api-keys/users-link.ts';
import { createUsageCounter, type UsageCounter } from './counter.ts';
import { createLocalTotals } from './local-totals.ts';
import { openReporter } from './reporter.ts';
import type { UsagePeriod, UsageTotals } from './row.ts';

export interface Usage {
  readonly count: UsageCounter['count'];
  /** When this process began to count, where it counts for itself alone; else all gateways count. */
  readonly localSince: string | undefined;
  /**
   * The totals of a period, of everybody or of one user's API keys. Local counts know no days.
   * @throws Error when users does not answer
   */
  read(period: UsagePeriod, owner: string | null): Promise<UsageTotals>;
  close(): Promise<void>;
}

export interface UsageSettings {
  /** Where all gateways' counts are kept; null: this process keeps its own. */
  readonly users: Pick<UsersLink, 'reportUsage' | 'usageOf'> | null;
  readonly everyMs: number;
  readonly now: () => number;
  readonly logger: Logger;
}

export function openUsage({ users, everyMs, now, logger }: UsageSettings): Usage {
  const counter = createUsageCounter(now);
  const local = createLocalTotals();
  // A process that starts again is another reporter, whose batches begin at 1.
  const reporter = randomUUID();
  const { flush, close } = openReporter({
    drain: counter.drain,
    send: async (sequence, rows) =>
      users ? users.reportUsage({ reporter, sequence, rows }) : local.add(rows),
    everyMs,
    logger,
  });
  return {
    count: counter.count,
    localSince: users ? undefined : new Date(now()).toISOString(),
    async read(period, owner) {
      await flush();
      return users ? users.usageOf(period, owner) : local.read();
    },
    close,
  };
}
