import type { EntityManager } from '@mikro-orm/postgresql';

/** Whether every instrument, and there are some, has a quote that is younger than `oldest`. */
export async function isMarketOpen(em: EntityManager, oldest: Date): Promise<boolean> {
  const [row] = await em.execute<{ open: boolean }[]>(
    `select count(*) > 0 and count(*) = count(q.symbol) as open
       from instrument i left join quote q on q.symbol = i.symbol and q.at > ?`,
    [oldest],
  );
  return row?.open === true;
}
