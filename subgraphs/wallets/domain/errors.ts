import { Refusal } from '#kit/errors.ts';

/** Why the ledger says no; the GraphQL enum of the same name, in order of precedence. */
export type WalletRefusalCode =
  | 'DEPOSIT_NOT_ALLOWED'
  | 'INVALID_IDEMPOTENCY_KEY'
  | 'UNKNOWN_CURRENCY'
  | 'INVALID_AMOUNT'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'AMOUNT_TOO_LARGE';

export class WalletRefusal extends Refusal<WalletRefusalCode> {}
