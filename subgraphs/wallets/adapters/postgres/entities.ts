import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import type { ExecutionId, OrderId, TransactionId, UserId, WalletId } from '#kit/ids.ts';
import type { Currency } from '#kit/money.ts';
import type { AccountKind } from '../../domain/chart-of-accounts.ts';
import type { HoldPurpose } from '../../domain/hold.ts';
import type { PaymentDirection, PaymentStatus } from '../../domain/payment.ts';
import type { TransactionKind } from '../../domain/transaction.ts';
import type { Incident, WalletEventRecord } from '../../application/ports.ts';

/** numeric(38, 0) in the database, bigint here: minor units, exact. */
const units = () => p.bigint().columnType('numeric(38,0)');
const time = () => p.datetime(3);
const currency = () => p.string().$type<Currency>();

export const Account = defineEntity({
  name: 'Account',
  tableName: 'account',
  properties: {
    id: p.uuid().primary(),
    kind: p.string().$type<AccountKind>(),
    currency: currency(),
    userId: p.uuid().$type<UserId>().nullable(),
    venue: p.string().nullable(),
    posted: units(),
    held: units(),
    createdAt: time(),
  },
});

export const LedgerTransaction = defineEntity({
  name: 'LedgerTransaction',
  tableName: 'ledger_transaction',
  properties: {
    id: p.uuid().$type<TransactionId>().primary(),
    kind: p.string().$type<TransactionKind>(),
    userId: p.uuid().$type<UserId>().nullable(),
    userIds: p.array().$type<UserId[]>(),
    accountIds: p.array().$type<string[]>(),
    orderId: p.uuid().$type<OrderId>().nullable(),
    executionId: p.uuid().$type<ExecutionId>().nullable(),
    callerId: p.uuid().$type<UserId>().nullable(),
    idempotencyKey: p.string().nullable(),
    fingerprint: p.uuid(),
    reverses: p.uuid().$type<TransactionId>().nullable(),
    reason: p.string().nullable(),
    bookedAt: time(),
    effectiveAt: time(),
    valueDate: p.date().$type<string>(),
  },
});

export const Posting = defineEntity({
  name: 'Posting',
  tableName: 'posting',
  properties: {
    transaction: () => p.manyToOne(LedgerTransaction).primary(),
    account: () => p.manyToOne(Account).primary(),
    currency: currency(),
    amount: units(),
    bookedAt: time(),
    sequence: p.bigint('number').nullable(),
  },
});

export const Hold = defineEntity({
  name: 'Hold',
  tableName: 'hold',
  properties: {
    id: p.uuid().primary(),
    orderId: p.uuid().$type<OrderId>().nullable(),
    purpose: p.string().$type<HoldPurpose>(),
    userId: p.uuid().$type<UserId>(),
    accountId: p.uuid().$type<WalletId>().nullable(),
    currency: currency().nullable(),
    amount: units(),
    posted: units(),
    released: units(),
    state: p.string().$type<'LIVE' | 'RELEASED' | 'EXPIRED' | 'DENIED' | 'VOID'>(),
    createdAt: time(),
    expiresAt: time().nullable(),
    resolvedAt: time().nullable(),
    /** When it expires, while it is live. */
    dueAt: time().nullable().generated(`case when state = 'LIVE' then expires_at end stored`),
  },
});

export const WalletEvent = defineEntity({
  name: 'WalletEvent',
  tableName: 'wallet_event',
  properties: {
    userId: p.uuid().$type<UserId>().primary(),
    sequence: p.bigint('number').primary(),
    kind: p.string().$type<WalletEventRecord['kind']>(),
    walletId: p.uuid().$type<WalletId>(),
    currency: currency(),
    posted: units(),
    held: units(),
    transactionId: p.uuid().$type<TransactionId>().nullable(),
    orderId: p.uuid().$type<OrderId>().nullable(),
    at: time(),
  },
});

export const WalletEventHead = defineEntity({
  name: 'WalletEventHead',
  tableName: 'wallet_event_head',
  properties: {
    userId: p.uuid().$type<UserId>().primary(),
    sequence: p.bigint('number'),
  },
});

export const IncidentRow = defineEntity({
  name: 'IncidentRow',
  tableName: 'incident',
  properties: {
    id: p.uuid().primary(),
    kind: p.string().$type<Incident['kind']>(),
    userId: p.uuid().$type<UserId>(),
    orderId: p.uuid().$type<OrderId>(),
    executionId: p.uuid().$type<ExecutionId>(),
    transactionId: p.uuid().$type<TransactionId>(),
    currency: currency(),
    beyondHold: units(),
    shortfall: units(),
    at: time(),
  },
});

export const PaymentRow = defineEntity({
  name: 'PaymentRow',
  tableName: 'payment',
  properties: {
    id: p.uuid().primary(),
    direction: p.string().$type<PaymentDirection>(),
    userId: p.uuid().$type<UserId>(),
    currency: currency(),
    amount: units(),
    status: p.string().$type<PaymentStatus>(),
    holdId: p.uuid().nullable(),
    transactionId: p.uuid().$type<TransactionId>().nullable(),
    failure: p.string().nullable(),
    requestedAt: time(),
    updatedAt: time(),
  },
});

export type AccountRow = InferEntity<typeof Account>;
export type LedgerTransactionRow = InferEntity<typeof LedgerTransaction>;

export const entities = [
  Account,
  LedgerTransaction,
  Posting,
  Hold,
  WalletEvent,
  WalletEventHead,
  IncidentRow,
  PaymentRow,
];
