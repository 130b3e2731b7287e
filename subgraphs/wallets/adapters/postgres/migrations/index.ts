import { MessagingTables } from '#kit/messaging-tables.ts';
import { Journal0002 } from './0002-journal.ts';
import { LedgerFunctions0003 } from './0003-ledger-functions.ts';

/** In this order and by these names for ever. */
export const migrations = {
  '0001-messaging': MessagingTables,
  '0002-journal': Journal0002,
  '0003-ledger-functions': LedgerFunctions0003,
};
