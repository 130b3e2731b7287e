import { MessagingTables } from '#kit/messaging-tables.ts';
import { LedgerTables0002 } from './0002-ledger-tables.ts';
import { LedgerLaws0003 } from './0003-ledger-laws.ts';
import { LedgerBatch0004 } from './0004-ledger-batch.ts';
import { JournalSeal0005 } from './0005-journal-seal.ts';

/** In this order and by these names for ever. */
export const migrations = {
  '0001-messages': MessagingTables,
  '0002-ledger-tables': LedgerTables0002,
  '0003-ledger-laws': LedgerLaws0003,
  '0004-ledger-batch': LedgerBatch0004,
  '0005-journal-seal': JournalSeal0005,
};
