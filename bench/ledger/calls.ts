import type { Client } from 'pg';
import { newId } from '#kit/ids.ts';
import {
  ledgerCallOf,
  ledgerCallStatement,
} from '#subgraphs/wallets/adapters/postgres/ledger-call.ts';
import type { Answer } from '#subgraphs/wallets/adapters/postgres/ledger.ts';
import type {
  Operation,
  PostingDesk,
  PostOperation,
} from '#subgraphs/wallets/application/ports.ts';

/** As a user's request does: calls of a process that wait share a transaction. */
export async function postAtDesk(desk: PostingDesk, { draft }: PostOperation): Promise<void> {
  const { outcome } = await desk.post(draft);
  if (outcome !== 'POSTED') throw new Error(`the ledger answered ${outcome}`);
}

/** One call, one transaction; its live updates are in it. */
export async function postOnce(client: Client, operation: Operation): Promise<void> {
  await post(client, [operation]);
}

async function post(client: Client, operations: readonly Operation[]): Promise<void> {
  const values = [...ledgerCallOf(operations, new Date())];
  const { rows } = await client.query<{ answer: Answer }>({ ...ledgerCallStatement, values });
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
  await post(client, batch);
  await client.query(
    `insert into outbox (message)
     select value from json_array_elements($1::json) with ordinality as given (value, place)
     order by place`,
    [JSON.stringify(batch.map(answerOf))],
  );
  await client.query('commit');
}

/** As large as the message that orders gets. */
function answerOf(operation: Operation) {
  const { orderId, userId } = operation.do === 'post' ? operation.draft : operation.hold;
  return {
    id: newId(),
    name: 'funds-held',
    version: 1,
    key: orderId ?? userId,
    body: { orderId, userId, currency: 'NGN', amount: '100000' },
    occurredAt: new Date().toISOString(),
  };
}

/** A benchmark of refusals would be a fast one. */
function check(answer: Answer | undefined): void {
  const odd = answer?.outcomes.find((outcome) => !['POSTED', 'HELD', 'RELEASED'].includes(outcome));
  if (!answer || odd) throw new Error(`the ledger answered ${odd}`);
}
