import { isStorable, type UserId } from '#kit/ids.ts';
import { AccountRefusal } from './account.ts';

/** An operator has barred a user: no log-in, no session and no API key of it is good. */
export interface Bar {
  readonly reason: string;
  readonly since: Date;
  /** The operator who did it. */
  readonly by: UserId;
}

const longestReason = 500;

/** @throws AccountRefusal INVALID_REASON */
export function checkReason(reason: string): void {
  if (reason.trim() !== '' && reason.length <= longestReason && isStorable(reason)) return;
  throw new AccountRefusal('INVALID_REASON', `a reason has 1 to ${longestReason} characters`);
}

/** What somebody hears who would come in and is barred; the reason is for operators. */
export const barred = (): AccountRefusal =>
  new AccountRefusal('USER_BARRED', 'this user has been barred; ask an operator');
