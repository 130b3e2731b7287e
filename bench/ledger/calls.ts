import type { Client } from 'pg';
import { newId } from '#kit/ids.ts';
import type { Operation } from './operations.ts';

interface Answer {
  readonly results: readonly { readonly outcome: string }[];
}

const asked = 'select ledger_post_batch($1::jsonb) as answer';

/** One call, one transaction; its live updates are in it. */
export async function postOnce(client: Client, operation: Operation): Promise<void> {
  const { rows } = await client.query<{ answer: Answer }>(asked, [JSON.stringify([operation])]);
  check(rows[0]?.answer);
}

/** What the message consumer does: inbox, ledger and live updates, and an answer to each message. */
export async function postTogether(client: Client, batch: readonly Operation[]): Promise<void> {
  await client.query('begin');
  await client.query(
    `insert into inbox (queue_group, message_id)
     select 'wallets', id from unnest($1::uuid[]) as message (id)
     on conflict do nothing returning message_id`,
    [batch.map(() => newId())],
  );
  const { rows } = await client.query<{ answer: Answer }>(asked, [JSON.stringify(batch)]);
  check(rows[0]?.answer);
  await client.query(
    `insert into outbox (message)
     select value from json_array_elements($1::json) with ordinality as given (value, place)
     order by place`,
    [JSON.stringify(batch.map(answerOf))],
  );
  await client.query('commit');
}

/** As large as the message that orders gets. */
const answerOf = ({ id, order_id: orderId, user_id: userId }: Operation) => ({
  id: newId(),
  name: 'funds-held',
  version: 1,
  key: orderId ?? id,
  body: { orderId, userId, currency: 'NGN', amount: '100000' },
  occurredAt: new Date().toISOString(),
});

/** A benchmark of refusals would be a fast one. */
function check(answer: Answer | undefined): void {
  const odd = answer?.results.find(
    ({ outcome }) => !['POSTED', 'HELD', 'RELEASED'].includes(outcome),
  );
  if (!answer || odd) throw new Error(`the ledger answered ${JSON.stringify(odd)}`);
}
