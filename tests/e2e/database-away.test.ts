import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '#tests/support/eventually.ts';
import { servicesVariable } from '#tests/support/find-services.ts';
import { startProxy, type Proxy } from '#tests/support/proxy.ts';
import { postgres } from '#tests/support/services.ts';
import { startOnPostgres, type System } from '#tests/support/system.ts';
import { newUser, password, type TestUser } from '#tests/support/users.ts';

/** PostgreSQL stands behind a network that is cut, so that it is really away. */
const found = process.env[servicesVariable];
let network: Proxy;
let system: System;
let user: TestUser;

beforeAll(async () => {
  network = await startProxy((await postgres()).url);
  process.env[servicesVariable] = JSON.stringify({ postgres: network.url });
  system = await startOnPostgres();
  // Amid its start it would end: it waits for the market, too.
  await eventually(
    () => system.output('mammon'),
    (output) => output.includes('/api/docs'),
  );
  user = await newUser(system);
}, 400_000);

afterAll(async () => {
  network?.restore();
  await user?.[Symbol.asyncDispose]();
  await system?.[Symbol.asyncDispose]();
  await network?.[Symbol.asyncDispose]();
  process.env[servicesVariable] = found;
});

interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
}

async function ask(query: string): Promise<Answer> {
  const response = await fetch(system.graphqlUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${user.accessToken}`,
    },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as Answer;
}

/** What each subgraph answers from its database. */
const asked: readonly (readonly [string, () => string])[] = [
  ['users', () => '{ me { email } }'],
  ['wallets', () => '{ wallets { currency posted } }'],
  ['orders', () => '{ orders(first: 5) { edges { node { status } } } }'],
  ['exchange', () => '{ venues { id connected } }'],
  [
    'users',
    () => `mutation { logIn(input: { email: "${user.email}", password: "${password}" }) {
             tokens { accessToken } refusal { code } } }`,
  ],
  [
    'orders',
    () => `mutation { placeOrder(input: { clientOrderId: "away", instrument: "USD/NGN", side: BUY,
             type: MARKET, quantity: "1.00" }) { order { id } refusal { code } } }`,
  ],
  [
    'wallets',
    () => `mutation { requestWithdrawal(input: { idempotencyKey: "away", currency: "NGN", amount: "1.00" }) {
             refusal { code } } }`,
  ],
];

test('while PostgreSQL is away callers hear so by a code, and nothing of its insides', async () => {
  for (const [, query] of asked) expect((await ask(query())).errors).toBeUndefined();
  network.cut();
  // Twice: connections that were open are lost once, new ones are refused.
  for (const [service, query] of [...asked, ...asked]) {
    const answer = await ask(query());
    const extensions = answer.errors?.map((error) => error.extensions);
    expect([query(), extensions]).toEqual([query(), [{ code: 'SERVICE_UNAVAILABLE', service }]]);
    expect(answer.errors?.[0]?.message).toBe('a service that this needs is away; try again');
  }
  network.restore();
  for (const [, query] of asked) {
    await eventually(
      () => ask(query()),
      ({ errors }) => errors === undefined,
      30_000,
    );
  }
}, 120_000);

test('amid requests that are in hand nobody sees more of it either', async () => {
  const codes = new Set<unknown>();
  let answered = 0;
  const done = new AbortController();
  const callers = Array.from({ length: 12 }, async (_, caller) => {
    for (let turn = caller; !done.signal.aborted; turn += 1) {
      const [, query] = asked[turn % asked.length] ?? ['', () => ''];
      const { errors } = await ask(query());
      if (!errors) answered += 1;
      for (const { extensions } of errors ?? []) codes.add(extensions['code']);
    }
  });
  for (let time = 0; time < 6; time += 1) {
    await sleep(150 + 37 * time);
    network.cut();
    await sleep(100);
    network.restore();
  }
  await sleep(300);
  done.abort();
  await Promise.all(callers);
  expect([...codes]).toEqual(['SERVICE_UNAVAILABLE']);
  expect(answered).toBeGreaterThan(0);
}, 60_000);
