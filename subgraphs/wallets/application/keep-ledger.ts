import { describeError, type Logger } from '#kit/log.ts';
import { backOffMs, pause } from '#kit/pause.ts';
import { expireQuotes } from './expire-quotes.ts';
import { expireWithdrawals, type PaymentPorts } from './move-payment.ts';

export interface KeeperPorts extends PaymentPorts {
  /** Seals so many transactions at most. */
  seal(most: number): Promise<Seal>;
  readonly logger: Logger;
}

interface Seal {
  readonly sealed: number;
  readonly position: number;
  readonly hash: string;
}

/** Of one batch: its lock on the head is short, and so is what a crash undoes. */
const mostAtOnce = 1_000;
const pauseMs = 1_000;
/** The head is told to the log, out of the reach of whoever could rewrite a whole chain. */
const tellEveryMs = 60_000;

/** What the ledger needs beside its requests, until it is told to stop: seals and expiries. */
export async function keepLedger(ports: KeeperPorts, stop: AbortSignal): Promise<void> {
  const chores = [
    sealing(ports),
    () => expireQuotes(ports, mostAtOnce),
    () => expireWithdrawals(ports, mostAtOnce),
  ];
  for (let failures = 0; !stop.aborted;) {
    const errors: unknown[] = [];
    let most = 0;
    // What fails keeps none of the others from their turn.
    for (const chore of chores) {
      if (stop.aborted) return;
      try {
        most = Math.max(most, await chore());
      } catch (error) {
        errors.push(error);
      }
    }
    failures = errors.length === 0 ? 0 : failures + 1;
    for (const error of errors) {
      const facts = { ...describeError(error), failures };
      ports.logger.warn(facts, 'the ledger cannot be kept; trying again');
    }
    if (failures > 0) await pause(backOffMs(failures), stop);
    else if (most < mostAtOnce) await pause(pauseMs, stop);
  }
}

/** @returns how to seal a batch, and how many transactions it had */
function sealing({ seal, logger }: KeeperPorts): () => Promise<number> {
  let told = 0;
  return async () => {
    const { sealed, position, hash } = await seal(mostAtOnce);
    if (sealed > 0 && Date.now() - told >= tellEveryMs) {
      told = Date.now();
      logger.info({ position, hash }, 'the journal is sealed');
    }
    return sealed;
  };
}
