import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '#tests/support/eventually.ts';
import type { Program } from '#tests/support/program.ts';
import { startSecondGateway } from '#tests/support/second-gateway.ts';
import { startEmbedded, type System } from '#tests/support/system.ts';
import { accessTokenOf, newUser, type TestUser } from '#tests/support/users.ts';

const operator = { email: 'operator@example.com', password: 'a long enough passphrase' };
let system: System;
let second: { readonly url: string; readonly program: Program };
let partner: TestUser;
let other: TestUser;

beforeAll(async () => {
  system = await startEmbedded({
    SEED_OPERATOR_EMAIL: operator.email,
    SEED_OPERATOR_PASSWORD: operator.password,
    USAGE_REPORT_MS: '100',
  });
  // It passes on what it counted at its end only.
  second = await startSecondGateway(system, { USAGE_REPORT_MS: '3600000' });
  partner = await newUser(system);
  other = await newUser(system);
}, 400_000);

afterAll(async () => {
  await partner?.[Symbol.asyncDispose]();
  await other?.[Symbol.asyncDispose]();
  await second?.program.stop();
  await system?.[Symbol.asyncDispose]();
});

interface Report {
  readonly operations: readonly {
    readonly name: string | null;
    readonly callers: Readonly<Record<string, number>>;
  }[];
}

async function usageOf(headers: Record<string, string>) {
  const response = await fetch(new URL('/api/usage', system.graphqlUrl), { headers });
  const report = (await response.json()) as Report;
  const callers = report.operations?.find(({ name }) => name === 'TillAsks')?.callers;
  return { status: response.status, callers };
}

const bearer = async (email: string, password: string) => ({
  authorization: `Bearer ${await accessTokenOf(system, email, password)}`,
});

test('usage adds up over all gateways, outlives them, and is its partner’s and operators’ to see', async () => {
  const byOperator = await bearer(operator.email, operator.password);
  await fetch(system.graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...byOperator },
    body: JSON.stringify({
      query: `mutation { setPartner(userId: "${partner.id}", partner: true) { user { id } } }`,
    }),
  });
  const { created } = await partner.client.ask<{
    created: { apiKey: { id: string }; secret: string };
  }>(
    `mutation { created: createApiKey(input: { name: "till", scopes: ["read"] }) {
       apiKey { id } secret } }`,
  );
  const key = created.apiKey.id;
  const byKey = { 'x-api-key': created.secret };
  const send = async (url: string, times: number) => {
    const ask = () =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...byKey },
        body: JSON.stringify({ query: 'query TillAsks { me { id } }' }),
      });
    // Refused ones count nothing.
    await eventually(ask, ({ status }) => status === 200);
    for (let again = 1; again < times; again += 1) await ask();
  };
  await send(system.graphqlUrl, 3);
  await send(second.url, 4);
  expect((await usageOf(byOperator)).callers).toEqual({ [key]: 3 });
  await second.program.stop();
  expect((await usageOf(byOperator)).callers).toEqual({ [key]: 7 });

  await eventually(
    () => usageOf(byKey),
    ({ callers }) => callers?.[key] === 7,
  );
  await system.kill('mammon');
  await system.restart('mammon');
  expect((await usageOf(await bearer(operator.email, operator.password))).callers).toEqual({
    [key]: 7,
  });
  await eventually(
    () => usageOf(byKey),
    ({ status, callers }) => status === 200 && callers?.[key] === 7,
  );
  expect(await usageOf({ authorization: `Bearer ${other.accessToken}` })).toEqual({
    status: 403,
    callers: undefined,
  });
  expect(await usageOf({})).toEqual({ status: 401, callers: undefined });
}, 120_000);
