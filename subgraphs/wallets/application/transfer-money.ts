import type { Clock } from '#kit/clock.ts';
import { WalletRefusal } from '../domain/errors.ts';
import type { Caller } from '../domain/request.ts';
import {
  readTransfer,
  refuseLargeTransfer,
  transferDraft,
  type TransferRequest,
} from '../domain/transfer.ts';
import type { LedgerReader, PostingResult, Transactional } from './ports.ts';
import { postOnce } from './post-once.ts';

export interface TransferPorts {
  readonly reader: LedgerReader;
  readonly transactional: Transactional;
  readonly clock: Clock;
  readonly rules: { readonly transferLimit: bigint };
}

/**
 * Moves the caller's money to other users, all legs or none. Recipients have used a wallet before:
 * money that goes to nobody would never come back.
 * @throws WalletRefusal
 */
export async function transferMoney(
  { reader, transactional, clock, rules }: TransferPorts,
  caller: Caller,
  request: TransferRequest,
): Promise<PostingResult> {
  const legs = readTransfer(request, caller.userId);
  const recipients = [...new Set(legs.map(({ to }) => to))];
  const known = await reader.customersAmong(recipients);
  if (known.size < recipients.length) {
    throw new WalletRefusal('INVALID_RECIPIENT', 'no customer with a wallet has this id');
  }
  const draft = transferDraft(caller.userId, request.idempotencyKey, legs);
  await transactional(({ ledger }) =>
    postOnce(ledger, draft, clock(), () => refuseLargeTransfer(legs, rules.transferLimit)),
  );
  return reader.postingResult(draft.id, caller.userId);
}
