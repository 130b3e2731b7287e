import type { WalletRefusalCode } from '../../domain/errors.ts';
import type {
  EntryRecord,
  TransactionRecord,
  WalletEventRecord,
  WalletRecord,
} from '../../application/ports.ts';

/** What resolvers pass on for each type; the generated types refer to them by name. */
export type WalletModel = WalletRecord;
export type TransactionModel = TransactionRecord;
export type TransactionEntryModel = Pick<EntryRecord, 'wallet' | 'amount'>;
export type WalletUpdateModel = WalletEventRecord;
export interface WalletRefusalModel {
  readonly code: WalletRefusalCode;
  readonly message: string;
}
