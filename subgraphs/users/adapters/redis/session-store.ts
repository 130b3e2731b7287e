import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { SessionKey, UserId } from '#kit/ids.ts';
import type { SessionStore } from '../../application/ports.ts';
import type { Session } from '../../domain/session.ts';

const stored = z.object({
  id: z.string(),
  userId: z.string(),
  generation: z.coerce.number().int(),
  createdAt: z.coerce.number(),
  lastUsedAt: z.coerce.number(),
  expiresAt: z.coerce.number(),
  device: z.string(),
});

/** Compares the generation and moves on in one step: of two refreshes only one is first. */
const rotateScript = `
  if redis.call('HGET', KEYS[1], 'generation') ~= ARGV[1] then return 0 end
  redis.call('HSET', KEYS[1], 'generation', ARGV[1] + 1, 'lastUsedAt', ARGV[2], 'expiresAt', ARGV[3])
  redis.call('PEXPIREAT', KEYS[1], ARGV[3])
  redis.call('PEXPIREAT', KEYS[2], ARGV[3])
  return 1`;

/** A session ends and is remembered as ended in one step, or gateways would serve it on. */
const endScript = `
  if redis.call('DEL', KEYS[1]) == 0 then return 0 end
  redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[3])
  return 1`;
const endedKey = 'ended-sessions';
const endedPage = 10_000;

/** A hash for each session that expires with it, and a set of session ids for each user. */
export function createRedisSessionStore(redis: Redis, rememberEndMs: number): SessionStore {
  const sessionKey = (id: string) => `session:${id}`;
  const userKey = (id: string) => `user-sessions:${id}`;
  const get = async (id: SessionKey): Promise<Session | null> => {
    const row = await redis.hgetall(sessionKey(id));
    return Object.keys(row).length === 0 ? null : toSession(stored.parse(row));
  };
  return {
    get,
    async add(session) {
      const key = sessionKey(session.id);
      const until = session.expiresAt.getTime();
      const done = await redis
        .multi()
        .hset(key, toRow(session))
        .pexpireat(key, until)
        .sadd(userKey(session.userId), session.id)
        .pexpireat(userKey(session.userId), until)
        .exec();
      const fault = done?.find(([error]) => error)?.[0];
      if (fault) throw fault;
    },
    async list(userId, now) {
      const ids = await redis.smembers(userKey(userId));
      const found = await Promise.all(ids.map((id) => get(id as SessionKey)));
      const ended = ids.filter((_, index) => found[index] === null);
      if (ended.length > 0) await redis.srem(userKey(userId), ...ended);
      return found
        .filter((session): session is Session => session !== null && session.expiresAt > now)
        .toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
    },
    async rotate(id, from, lastUsedAt, expiresAt) {
      const owner = await redis.hget(sessionKey(id), 'userId');
      if (!owner) return false;
      const keys = [sessionKey(id), userKey(owner)];
      const times = [lastUsedAt.getTime(), expiresAt.getTime()];
      return (await redis.eval(rotateScript, 2, ...keys, from, ...times)) === 1;
    },
    async end(id) {
      const nowMs = Date.now();
      const times = [nowMs, nowMs - rememberEndMs];
      return (await redis.eval(endScript, 2, sessionKey(id), endedKey, id, ...times)) === 1;
    },
    async endedWithin(ms) {
      const from = Date.now() - ms;
      const ids = await redis.zrevrangebyscore(endedKey, '+inf', from, 'LIMIT', 0, endedPage);
      return ids as SessionKey[];
    },
  };
}

const toRow = (session: Session) => ({
  ...session,
  createdAt: session.createdAt.getTime(),
  lastUsedAt: session.lastUsedAt.getTime(),
  expiresAt: session.expiresAt.getTime(),
  device: session.device ?? '',
});

const toSession = (row: z.infer<typeof stored>): Session => ({
  id: row.id as SessionKey,
  userId: row.userId as UserId,
  generation: row.generation,
  createdAt: new Date(row.createdAt),
  lastUsedAt: new Date(row.lastUsedAt),
  expiresAt: new Date(row.expiresAt),
  device: row.device || null,
});
