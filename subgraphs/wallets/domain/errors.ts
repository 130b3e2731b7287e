import { Refusal } from '#kit/errors.ts';

/** Why the ledger says no; the GraphQL enum of the same name, in order of precedence. */
export const refusalCodes = [
  'DEPOSIT_NOT_ALLOWED',
  'NOT_FOUND',
  'INVALID_IDEMPOTENCY_KEY',
  'UNKNOWN_CURRENCY',
  'INVALID_AMOUNT',
  'INVALID_RATE',
  'TOO_MANY_LEGS',
  'INVALID_RECIPIENT',
  'INVALID_REASON',
  'INVALID_DATE',
  'IDEMPOTENCY_KEY_REUSED',
  'AMOUNT_TOO_LARGE',
  'ALREADY_REVERSED',
  'NOT_REVERSIBLE',
  'INVALID_STATE',
  'HOLD_NOT_LIVE',
  'HOLD_EXPIRED',
  'EXCEEDS_HOLD',
  'INSUFFICIENT_FUNDS',
  'BEYOND_DEBT',
] as const;

export type WalletRefusalCode = (typeof refusalCodes)[number];

export class WalletRefusal extends Refusal<WalletRefusalCode> {}
