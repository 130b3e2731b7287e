import type { SessionKey, UserId } from '#kit/ids.ts';

/**
 * One login on one device. Each refresh moves it to the next generation; only the latest token, and
 * for a few seconds the one before it, is good.
 */
export interface Session {
  readonly id: SessionKey;
  readonly userId: UserId;
  /** The generation of the latest refresh token, from 1. */
  readonly generation: number;
  readonly createdAt: Date;
  /** When the latest refresh token was given. */
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
  readonly device: string | null;
}

/** What a presented refresh token of a live session means. */
export type RefreshVerdict =
  /** The latest: give the next. */
  | 'rotate'
  /** The one before, again within the grace: a retry or a second tab; give the same successor. */
  | 'repeat'
  /** An old one: somebody has a copy; the family ends. */
  | 'reused';

export function judgeRefresh(
  session: Session,
  generation: number,
  now: Date,
  graceMs: number,
): RefreshVerdict {
  if (generation === session.generation) return 'rotate';
  const isPrevious = generation === session.generation - 1;
  if (isPrevious && now.getTime() - session.lastUsedAt.getTime() <= graceMs) return 'repeat';
  return 'reused';
}
