import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createGraphqlClient, type GraphqlClient } from '#tools/graphql-client.ts';
import { eventually } from '#tests/support/eventually.ts';
import { startEmbedded, type System } from '#tests/support/system.ts';
import { accessTokenOf, newUser, type TestUser } from '#tests/support/users.ts';

const operatorPassword = 'a long enough passphrase';
let system: System;
let partner: TestUser;
let operator: GraphqlClient;

beforeAll(async () => {
  system = await startEmbedded({
    SEED_OPERATOR_EMAIL: 'operator@example.com',
    SEED_OPERATOR_PASSWORD: operatorPassword,
  });
  partner = await newUser(system);
  const token = await accessTokenOf(system, 'operator@example.com', operatorPassword);
  operator = createGraphqlClient(system.graphqlUrl, token);
}, 400_000);

afterAll(async () => {
  await partner?.[Symbol.asyncDispose]();
  await system?.[Symbol.asyncDispose]();
});

interface KeyPayload {
  readonly payload: { readonly apiKey: { id: string }; readonly secret: string };
}

async function send(secret: string, body: object) {
  const response = await fetch(system.graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': secret },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as {
    data?: unknown;
    errors?: { extensions: { code: string } }[];
  };
  return {
    status: response.status,
    data: answer.data,
    code: answer.errors?.[0]?.extensions.code,
  };
}

test('a partner publishes operations, and its program sends them until the key is revoked', async () => {
  await operator.ask(
    `mutation ($id: ID!) { setPartner(userId: $id, partner: true) { user { roles } } }`,
    { id: partner.id },
  );
  const { payload } = await partner.client.ask<KeyPayload>(
    `mutation { payload: createApiKey(input: { name: "till", scopes: ["read"], level: REQUIRE_ID }) {
       apiKey { id } secret } }`,
  );
  const { apiKey, secret } = payload;
  const published = await partner.client.ask<{ publishOperations: object }>(
    `mutation ($input: PublishOperationsInput!) { publishOperations(input: $input) {
       operations { id status problems } refusal { code message } } }`,
    {
      input: {
        apiKeyId: apiKey.id,
        format: 'RELAY',
        manifest: JSON.stringify({
          me: 'query Me { me { id roles } }',
          wrong: 'query Wrong { me { salary } }',
        }),
      },
    },
  );
  expect(published.publishOperations).toEqual({
    operations: [
      { id: 'me', status: 'VALID', problems: [] },
      { id: 'wrong', status: 'BROKEN', problems: [expect.stringContaining('salary')] },
    ],
    refusal: null,
  });
  const answer = await send(secret, { documentId: 'me' });
  expect(answer).toMatchObject({
    status: 200,
    data: { me: { id: partner.id, roles: expect.arrayContaining(['PARTNER']) } },
  });
  const other = await send(secret, { query: '{ me { id } }' });
  expect([other.status, other.code]).toEqual([400, 'PERSISTED_QUERY_ID_REQUIRED']);

  await partner.client.ask(`mutation ($id: ID!) { revokeApiKey(id: $id) { refusal { code } } }`, {
    id: apiKey.id,
  });
  const revokedAt = Date.now();
  await eventually(
    () => send(secret, { documentId: 'me' }),
    ({ status }) => status === 401,
  );
  expect(Date.now() - revokedAt).toBeLessThan(1_000);
});
