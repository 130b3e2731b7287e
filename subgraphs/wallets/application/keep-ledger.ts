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
  const { logger } = ports;
  let told = 0;
  for (let failures = 0; !stop.aborted;) {
    try {
      const seal = await ports.seal(mostAtOnce);
      const quotes = await expireQuotes(ports, mostAtOnce);
      const withdrawals = await expireWithdrawals(ports, mostAtOnce);
      failures = 0;
      if (seal.sealed > 0 && Date.now() - told >= tellEveryMs) {
        told = Date.now();
        logger.info({ position: seal.position, hash: seal.hash }, 'the journal is sealed');
      }
      if (Math.max(seal.sealed, quotes, withdrawals) < mostAtOnce) await pause(pauseMs, stop);
    } catch (error) {
      failures += 1;
      logger.warn({ ...describeError(error), failures }, 'the ledger cannot be kept; trying again');
      await pause(backOffMs(failures), stop);
    }
  }
}
