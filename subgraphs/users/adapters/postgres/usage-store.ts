import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import type { UsageRow, UsageStore } from '../../application/ports.ts';

const keptDays = 400;
/** Rows of one kind that one caller may fill in a day; whatever is beyond counts as `others`. */
const mostRows = 1_000;

const takeSequence = `
  insert into usage_reporter (id, sequence, reported_at) values (?, ?, ?)
  on conflict (id) do update set sequence = excluded.sequence, reported_at = excluded.reported_at
  where usage_reporter.sequence < excluded.sequence
  returning id`;

/** A count belongs to the day of its last execution: a gateway reports every few seconds. */
const addRows = `
  with given as (
    select (to_timestamp("lastAtMs" / 1000.0) at time zone 'UTC')::date as day, kind, caller, name,
      label, executions, to_timestamp("lastAtMs" / 1000.0) as last_at
    from jsonb_to_recordset(?::jsonb) as row (
      kind text, name text, label text, caller text, executions bigint, "lastAtMs" bigint)
  ), filled as (
    select day, kind, caller, count(*) as rows from usage_count
    where (day, kind, caller) in (select distinct day, kind, caller from given)
    group by day, kind, caller
  ), placed as (
    select given.*, known.name is not null as known, coalesce(filled.rows, 0) + row_number() over (
      partition by given.day, given.kind, given.caller, known.name is not null order by given.name
    ) as place
    from given
    left join usage_count known using (day, kind, caller, name)
    left join filled using (day, kind, caller)
  ), kept as (
    select day, kind, caller, case when known or place <= ? then name else 'others' end as name,
      case when known or place <= ? then placed.label end as label, executions, last_at
    from placed
  )
  insert into usage_count (day, kind, caller, name, label, executions, last_at)
  select day, kind, caller, name, max(label), sum(executions), max(last_at)
  from kept group by day, kind, caller, name
  on conflict (day, kind, caller, name) do update set
    executions = usage_count.executions + excluded.executions,
    last_at = greatest(usage_count.last_at, excluded.last_at)`;

const readTotals = (ofOwner: boolean) => `
  select kind, name, max(label) as label, caller, sum(executions)::text as executions,
    max(last_at) as last_at
  from usage_count
  where kind = ? and day between ? and ?
    ${ofOwner ? 'and caller in (select id::text from api_key where user_id = ?)' : ''}
  group by kind, name, caller
  order by sum(executions) desc, name, caller
  limit ?`;

interface TotalRow {
  readonly kind: UsageRow['kind'];
  readonly name: string;
  readonly label: string | null;
  readonly caller: string;
  readonly executions: string;
  readonly last_at: Date | string;
}

export function createUsageStore(orm: MikroORM): UsageStore {
  let prunedOn = '';

  async function prune(em: EntityManager, now: Date): Promise<void> {
    const day = now.toISOString().slice(0, 10);
    if (prunedOn === day) return;
    await em.execute('delete from usage_count where day < ?::date - ?::integer', [day, keptDays]);
    await em.execute('delete from usage_reporter where reported_at < ?::date - ?::integer', [
      day,
      keptDays,
    ]);
    prunedOn = day;
  }

  return {
    add: ({ reporter, sequence, rows }, now) =>
      orm.em.fork().transactional(async (em) => {
        const taken: readonly unknown[] = await em.execute(takeSequence, [reporter, sequence, now]);
        if (taken.length === 0) return;
        // One batch at a time: two would lock the same rows in their own orders, and each of them
        // would find room that the other one fills.
        await em.execute("select pg_advisory_xact_lock(hashtext('usage'))");
        await em.execute(addRows, [JSON.stringify(rows), mostRows, mostRows]);
        await prune(em, now);
      }),
    async totals({ from, to }, owner, limit) {
      const em = orm.em.fork();
      const found: TotalRow[] = [];
      for (const kind of ['OPERATION', 'FIELD']) {
        const whose = owner === null ? [] : [owner];
        const query = readTotals(owner !== null);
        found.push(...(await em.execute<TotalRow[]>(query, [kind, from, to, ...whose, limit])));
      }
      return found.map(({ last_at: lastAt, executions, ...row }) => ({
        ...row,
        executions: Number(executions),
        lastAtMs: new Date(lastAt).getTime(),
      }));
    },
  };
}
