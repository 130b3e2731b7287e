import type { EntityManager } from '@mikro-orm/postgresql';

/** A holder that has not been seen for this long is gone, whatever it said last. */
const seenWithinMs = 5_000;

/** Whether the order session is logged on, as its holder says, for whichever process is asked. */
export async function saveVenueStatus(
  em: EntityManager,
  venue: string,
  connected: boolean,
  now: Date,
): Promise<void> {
  await em.execute(
    `insert into venue_session (venue, connected, seen_at) values (?, ?, ?)
     on conflict (venue) do update set connected = excluded.connected, seen_at = excluded.seen_at`,
    [venue, connected, now],
  );
}

export async function isVenueConnected(
  em: EntityManager,
  venue: string,
  now: Date,
): Promise<boolean> {
  const [row] = await em.execute<{ connected: boolean }[]>(
    'select connected from venue_session where venue = ? and seen_at > ?',
    [venue, new Date(now.getTime() - seenWithinMs)],
  );
  return row?.connected ?? false;
}
