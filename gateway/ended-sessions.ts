import { Refusal } from '#kit/errors.ts';
import type { Logger } from '#kit/log.ts';
import type { AccessTokens, TokenRefusal } from './access-tokens.ts';
import type { UsersLink } from './api-keys/users-link.ts';

/** The sessions that ended although their access tokens have not expired. */
export interface EndedSessions {
  has(id: string): boolean;
  close(): void;
}

/** Tokens of which those of ended sessions are not good any more. @param ended null: none end */
export function refuseEnded(tokens: AccessTokens, ended: EndedSessions | null): AccessTokens {
  if (!ended) return tokens;
  return {
    ...tokens,
    async verify(token) {
      const bearer = await tokens.verify(token);
      if (!ended.has(bearer.sessionId)) return bearer;
      throw new Refusal<TokenRefusal>('INVALID', 'the session has ended; log in again');
    },
  };
}

export interface EndedSessionSettings {
  readonly users: Pick<UsersLink, 'sessionsEndedWithin'>;
  readonly everyMs: number;
  readonly now: () => number;
  readonly logger: Logger;
  /** Called once for each, within a moment of its end. */
  onEnded(ids: ReadonlySet<string>): void;
}

/** Access tokens live for minutes; users forgets an ended session when its last one has expired. */
const dayMs = 24 * 60 * 60_000;
/** Clocks differ, and a transaction that ended a session shows later than its time. */
const overlapMs = 10_000;
const limit = 100_000;
const retryMs = 1_000;

/**
 * Asks users a few times a second which sessions ended, as API keys are asked for: a question goes
 * through where a message could get lost, and a gateway needs no broker for it.
 */
export async function openEndedSessions(settings: EndedSessionSettings): Promise<EndedSessions> {
  const { users, everyMs, now, logger } = settings;
  const ended = new Set<string>();
  let heardAtMs: number | undefined;
  let failing = false;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    const askedAtMs = now();
    try {
      const sinceMs = heardAtMs === undefined ? dayMs : askedAtMs - heardAtMs + overlapMs;
      take(await users.sessionsEndedWithin(sinceMs));
      heardAtMs = askedAtMs;
      if (failing) logger.info({}, 'hears of ended sessions again');
      failing = false;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (!failing) logger.warn({ why }, 'users does not tell which sessions ended');
      failing = true;
    }
    if (closed) return;
    timer = setTimeout(() => void look(), failing ? retryMs : everyMs);
    timer.unref();
  }

  function take(ids: readonly string[]): void {
    const news = new Set(ids.filter((id) => !ended.has(id)));
    if (news.size === 0) return;
    for (const id of news) ended.add(id);
    for (const oldest of ended) {
      if (ended.size <= limit) break;
      ended.delete(oldest);
    }
    settings.onEnded(news);
  }

  await look();
  return {
    has: (id) => ended.has(id),
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
