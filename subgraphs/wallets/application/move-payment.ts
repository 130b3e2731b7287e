import type { Clock } from '#kit/clock.ts';
import { assert, Fault, unreachable } from '#kit/errors.ts';
import { idPattern } from '#kit/ids.ts';
import { WalletRefusal } from '../domain/errors.ts';
import { withdrawalHold } from '../domain/hold.ts';
import {
  nextStatuses,
  paymentDraft,
  paymentId,
  type Payment,
  type PaymentDirection,
} from '../domain/payment.ts';
import {
  fingerprintOf,
  keyReused,
  readAmount,
  readCurrency,
  readReason,
  refuseAbove,
  refuseBadKey,
  requireOperator,
  type Caller,
} from '../domain/request.ts';
import type { Books, Transactional } from './ports.ts';
import { postRefusal } from './post-once.ts';

export interface PaymentPorts {
  readonly transactional: Transactional;
  readonly clock: Clock;
  readonly rules: {
    readonly limit: bigint;
    readonly transferLimit: bigint;
    /** How long a withdrawal holds before somebody sends it. */
    readonly withdrawalTtlMs: number;
  };
}

export interface PaymentRequest {
  readonly idempotencyKey: string;
  readonly currency: unknown;
  readonly amount: unknown;
}

/** Asks for a deposit or a withdrawal of one's own; a withdrawal holds. @throws WalletRefusal */
export async function requestPayment(
  { transactional, clock, rules }: PaymentPorts,
  direction: PaymentDirection,
  { userId }: Caller,
  request: PaymentRequest,
): Promise<Payment> {
  const { idempotencyKey: key } = request;
  refuseBadKey(key);
  const currency = readCurrency(request.currency);
  const amount = readAmount(request.amount, currency);
  const id = paymentId(direction, userId, key);
  const fingerprint = fingerprintOf(direction, currency, `${amount}`);
  return transactional(async (books) => {
    const at = clock();
    const keyed = { callerId: userId, operation: `request-${direction}`, key, fingerprint };
    if (await repeated(books, keyed, at)) return theSame(books, id);
    const withdraws = direction === 'WITHDRAWAL';
    refuseAbove(withdraws ? rules.transferLimit : rules.limit, amount, currency);
    const hold = withdraws ? withdrawalHold(id, userId) : null;
    if (hold) {
      const expiresAt = new Date(at.getTime() + rules.withdrawalTtlMs);
      const [{ outcome }] = await books.ledger.apply(
        [{ do: 'hold', hold, currency, amount, expiresAt }],
        at,
      );
      if (outcome === 'DENIED') throw postRefusal('INSUFFICIENT_FUNDS');
      assert(outcome === 'HELD', `the hold of withdrawal ${id} is ${outcome}`);
    }
    const payment: Payment = {
      id,
      direction,
      userId,
      currency,
      amount,
      status: 'REQUESTED',
      holdId: hold?.holdId ?? null,
      transactionId: null,
      failure: null,
      requestedAt: at,
      updatedAt: at,
    };
    await books.payments.insert(payment);
    return payment;
  });
}

export interface PaymentStep {
  readonly idempotencyKey: string;
  readonly paymentId: string;
  readonly to: 'PENDING' | 'COMPLETED' | 'FAILED';
  /** Why it failed. */
  readonly reason: string | null;
}

/** Moves a payment on, for operators. @throws WalletRefusal */
export async function movePayment(
  { transactional, clock }: PaymentPorts,
  caller: Caller,
  step: PaymentStep,
): Promise<Payment> {
  requireOperator(caller);
  const { idempotencyKey: key, paymentId: id, to } = step;
  if (!idPattern.test(id)) throw noPayment();
  refuseBadKey(key);
  const reason = to === 'FAILED' ? readReason(step.reason ?? '') : null;
  const fingerprint = fingerprintOf(id, to, reason ?? '');
  return transactional(async (books) => {
    const at = clock();
    const keyed = { callerId: caller.userId, operation: `move-${to}`, key, fingerprint };
    if (await repeated(books, keyed, at)) return theSame(books, id);
    const payment = await books.payments.lock(id);
    if (!payment) throw noPayment();
    return apply(books, payment, to, reason, at);
  });
}

/**
 * Fails withdrawals that nobody sent in time, each by itself.
 * @returns how many were due
 * @throws Fault when some could not; the others are done
 */
export async function expireWithdrawals(
  { transactional, clock }: PaymentPorts,
  limit: number,
): Promise<number> {
  const at = clock();
  const due = await transactional(({ payments }) => payments.expired(at, limit));
  const errors: unknown[] = [];
  for (const id of due) {
    try {
      await transactional(async (books) => {
        const payment = await books.payments.lock(id);
        if (payment?.status !== 'REQUESTED') return;
        await apply(books, payment, 'FAILED', 'nobody sent it in time', at);
      });
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) {
    const [cause] = errors;
    throw new Fault(`${errors.length} of ${due.length} withdrawals cannot expire`, { cause });
  }
  return due.length;
}

async function apply(
  books: Books,
  payment: Payment,
  status: PaymentStep['to'],
  failure: string | null,
  at: Date,
): Promise<Payment> {
  if (!nextStatuses[payment.status].includes(status)) {
    throw new WalletRefusal('INVALID_STATE', `the payment is ${payment.status}`);
  }
  const draft = paymentDraft(payment);
  const moved = { ...payment, status, failure, updatedAt: at };
  const hold = withdrawalHold(payment.id, payment.userId);
  const holds = payment.direction === 'WITHDRAWAL';
  switch (status) {
    case 'PENDING': {
      if (!holds) break;
      // It is on its way: its hold must not end before the bank has answered.
      const renewal = { do: 'renew', hold, expiresAt: null } as const;
      const [{ outcome }] = await books.ledger.apply([renewal], at);
      if (outcome === 'HOLD_EXPIRED') throw postRefusal(outcome);
      assert(outcome === 'RENEWED', `the hold of withdrawal ${payment.id} is ${outcome}`);
      break;
    }
    case 'COMPLETED': {
      const [{ outcome }] = await books.ledger.apply([{ do: 'post', draft }], at);
      if (outcome === 'HOLD_EXPIRED') throw postRefusal(outcome);
      assert(outcome === 'POSTED', `payment ${payment.id} cannot be posted: ${outcome}`);
      break;
    }
    case 'FAILED': {
      if (!holds) break;
      const [{ outcome }] = await books.ledger.apply([{ do: 'release', hold, expired: false }], at);
      assert(outcome === 'RELEASED', `the hold of withdrawal ${payment.id} is ${outcome}`);
      break;
    }
    default:
      return unreachable(status);
  }
  const done = status === 'COMPLETED' ? { ...moved, transactionId: draft.id } : moved;
  await books.payments.update(done);
  return done;
}

async function repeated(
  { keys }: Books,
  request: Parameters<Books['keys']['claim']>[0],
  at: Date,
): Promise<boolean> {
  const claim = await keys.claim(request, at);
  if (claim === 'REUSED') throw keyReused();
  return claim === 'AGAIN';
}

async function theSame({ payments }: Books, id: string): Promise<Payment> {
  const payment = await payments.lock(id);
  assert(payment !== null, `payment ${id} is gone`);
  return payment;
}

const noPayment = () => new WalletRefusal('NOT_FOUND', 'there is no such payment');
