import type { WalletRefusalCode } from '../../domain/errors.ts';
import type {
  EntryRecord,
  Movement,
  TransactionRecord,
  WalletEventRecord,
  WalletRecord,
} from '../../application/ports.ts';

import type { Statement } from '../../application/view-statement.ts';
import type { Payment } from '../../domain/payment.ts';

/** What resolvers pass on for each type; the generated types refer to them by name. */
export type WalletModel = WalletRecord;
export type TransactionModel = TransactionRecord;
export type TransactionEntryModel = Pick<EntryRecord, 'wallet' | 'amount'>;
export type WalletUpdateModel = WalletEventRecord;
export type PaymentModel = Payment;
export type StatementModel = Statement;
export type MovementModel = Movement & { readonly wallet: WalletRecord };
export interface WalletRefusalModel {
  readonly code: WalletRefusalCode;
  readonly message: string;
}
