import { MessagingTables } from '#kit/messaging-tables.ts';
import { Journal0002 } from './0002-journal.ts';
import { LedgerFunctions0003 } from './0003-ledger-functions.ts';
import { Chart0004 } from './0004-chart.ts';
import { LedgerBatch0005 } from './0005-ledger-batch.ts';
import { JournalSeal0006 } from './0006-journal-seal.ts';

/** In this order and by these names for ever. */
export const migrations = {
  '0001-messaging': MessagingTables,
  '0002-journal': Journal0002,
  '0003-ledger-functions': LedgerFunctions0003,
  '0004-chart': Chart0004,
  '0005-ledger-batch': LedgerBatch0005,
  '0006-journal-seal': JournalSeal0006,
};
