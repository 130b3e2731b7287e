import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, type EntityManager } from '#kit/orm.ts';
import type { Transactional } from '../../application/ports.ts';
import { createBooks } from './books.ts';

const attempts = 5;

/**
 * Runs work in a transaction, again when PostgreSQL asks for a repetition: requests of one key wait
 * for each other at its unique index, before the sorted locks of accounts, and may so meet in a
 * circle. Nothing of the attempt that PostgreSQL broke off is left.
 */
export function createTransactional(fork: () => EntityManager): Transactional {
  return (run) => repeatIfAsked(() => fork().transactional((em) => run(createBooks(em))));
}

/** Runs a whole transaction again when PostgreSQL broke it off and asks for that. */
export async function repeatIfAsked<Result>(run: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      const repeatable = hasCode(error, '40P01') || hasCode(error, '40001');
      if (!repeatable || attempt === attempts) throw error;
      await sleep(attempt * 10);
    }
  }
}
