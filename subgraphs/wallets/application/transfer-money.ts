import { WalletRefusal } from '../domain/errors.ts';
import type { Caller } from '../domain/request.ts';
import {
  readTransfer,
  refuseLargeTransfer,
  transferDraft,
  type TransferRequest,
} from '../domain/transfer.ts';
import type { PostingResult } from './ports.ts';
import { postOnce, type PostPorts } from './post-once.ts';

export interface TransferPorts extends PostPorts {
  readonly rules: { readonly transferLimit: bigint };
}

/**
 * Moves the caller's money to other users, all legs or none. Recipients have used a wallet before:
 * money that goes to nobody would never come back.
 * @throws WalletRefusal
 */
export async function transferMoney(
  ports: TransferPorts,
  caller: Caller,
  request: TransferRequest,
): Promise<PostingResult> {
  const { reader, rules } = ports;
  const legs = readTransfer(request, caller.userId);
  const recipients = [...new Set(legs.map(({ to }) => to))];
  const known = await reader.customersAmong(recipients);
  if (known.size < recipients.length) {
    throw new WalletRefusal('INVALID_RECIPIENT', 'no customer with a wallet has this id');
  }
  const draft = transferDraft(caller.userId, request.idempotencyKey, legs);
  await postOnce(ports, draft, () => refuseLargeTransfer(legs, rules.transferLimit));
  return reader.postingResult(draft.id, caller.userId);
}
