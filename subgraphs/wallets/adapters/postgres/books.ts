import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '#kit/orm.ts';
import type { Books, Payments, RequestKeys } from '../../application/ports.ts';
import { PaymentRow } from './entities.ts';
import { createLedger } from './ledger.ts';
import { paymentOf } from './records.ts';

/** All that the transaction of `em` may change. */
export const createBooks = (em: EntityManager): Books => ({
  ledger: createLedger(em),
  payments: createPayments(em),
  keys: createRequestKeys(em),
});

function createPayments(em: EntityManager): Payments {
  return {
    async insert(payment) {
      await em.insert(PaymentRow, { ...payment });
    },
    async lock(id) {
      const row = await em.findOne(
        PaymentRow,
        { id },
        { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true },
      );
      return row && paymentOf(row);
    },
    async update({ id, status, failure, transactionId, updatedAt }) {
      await em.nativeUpdate(PaymentRow, { id }, { status, failure, transactionId, updatedAt });
    },
    async expired(at, limit) {
      const rows = await em.execute<{ id: string }[]>(
        `select payment.id from hold join payment on payment.hold_id = hold.id
         where hold.due_at <= ? and payment.status = 'REQUESTED'
         order by hold.due_at limit ?`,
        [at, limit],
      );
      return rows.map(({ id }) => id);
    },
  };
}

function createRequestKeys(em: EntityManager): RequestKeys {
  return {
    async claim({ callerId, operation, key, fingerprint }, at) {
      const added = await em.execute<object[]>(
        `insert into request_key (caller_id, operation, idempotency_key, fingerprint, at)
         values (?, ?, ?, ?, ?) on conflict do nothing returning fingerprint`,
        [callerId, operation, key, fingerprint, at],
      );
      if (added.length > 0) return 'FIRST';
      const rows = await em.execute<{ fingerprint: string }[]>(
        `select fingerprint from request_key
         where caller_id = ? and operation = ? and idempotency_key = ?`,
        [callerId, operation, key],
      );
      return rows[0]?.fingerprint === fingerprint ? 'AGAIN' : 'REUSED';
    },
  };
}
