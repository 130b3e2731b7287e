import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sha256 } from '#kit/operation-manifest.ts';
import { eventually } from '#tests/support/eventually.ts';
import {
  codeOf,
  first,
  inFolder,
  openPartnersWorld,
  type PartnersWorld,
} from './partners-world.ts';
import { sdl } from './subgraphs.ts';
import type { StubKey, UsersStub } from './users-stub.ts';
import { ada, type World } from './world.ts';

let partners: PartnersWorld;
let users: UsersStub;
let world: World;
let folder: string;

beforeAll(async () => {
  partners = await openPartnersWorld();
  ({ users, world, folder } = partners);
});

afterAll(async () => {
  await partners[Symbol.asyncDispose]();
});

const post: PartnersWorld['post'] = (...request) => partners.post(...request);
const newKey = (settings?: Partial<StubKey>) => partners.newKey(settings);

const persisted = (text: string) => ({
  extensions: { persistedQuery: { version: 1, sha256Hash: sha256(text) } },
});

describe('an API key', () => {
  test('acts as its user, by either header, until it is revoked', async () => {
    const key = await newKey();
    const answers = [
      await post({ query: '{ me }' }, key),
      await post({ query: '{ me }' }, key, { authorization: `ApiKey ${key.secret}` }),
    ];
    for (const { body } of answers) expect(body).toEqual({ data: { me: ada } });
    key.live = false;
    users.changed(key);
    const revokedAt = Date.now();
    await eventually(
      () => post({ query: '{ me }' }, key),
      ({ status }) => status === 401,
    );
    expect(Date.now() - revokedAt).toBeLessThan(1_000);
  });

  test('of a user who was barred is good again, with its operations, once that is lifted', async () => {
    const body = 'query Again { me }';
    const key = await newKey({
      level: 'REQUIRE_ID',
      operations: [{ id: 'again', name: 'Again', body }],
    });
    const ask = () => post({ documentId: 'again' }, key);
    const becomes = (status: number) => eventually(ask, (answer) => answer.status === status);
    await becomes(200);
    for (const live of [false, true]) {
      key.live = live;
      users.changed(key);
      await becomes(live ? 200 : 401);
    }
    expect((await ask()).body).toEqual({ data: { me: ada } });
  });

  test('whose secret has ended loses what was opened with it', async () => {
    const key = await newKey();
    const client = partners.client(key);
    await client.iterate({ query: 'subscription { pulses { count } }' }).next();
    const closed = new Promise((resolve) => client.on('closed', resolve));
    const old = key.secret;
    key.secret = 'mammon_next';
    users.changed(key);
    expect(await closed).toMatchObject({ code: 4403 });
    const refused = await post({ query: '{ me }' }, undefined, { 'x-api-key': old });
    expect(refused.status).toBe(401);
    expect((await post({ query: '{ me }' }, key)).body.data).toEqual({ me: ada });
  });

  test('that is rotated has two secrets for a while, and only what the old one opened ends with it', async () => {
    const key = await newKey();
    const follow = async () => {
      const client = partners.client(key);
      const state = { closed: false };
      const closed = new Promise((resolve) => client.on('closed', resolve));
      void closed.then(() => (state.closed = true));
      await client.iterate({ query: 'subscription { pulses { count } }' }).next();
      return { state, closed };
    };
    const byOld = await follow();
    const old = key.secret;
    key.secret = `${old}-next`;
    key.old = { secret: old, expiresAt: new Date(Date.now() + 700).toISOString() };
    users.changed(key);
    await eventually(
      () => post({ query: '{ me }' }, key),
      ({ status }) => status === 200,
    );
    const byNew = await follow();
    const withOld = () => post({ query: '{ me }' }, undefined, { 'x-api-key': old });
    expect((await withOld()).status).toBe(200);
    expect(byOld.state.closed).toBe(false);
    expect(await byOld.closed).toMatchObject({ code: 4403 });
    expect((await withOld()).status).toBe(401);
    expect((await post({ query: '{ me }' }, key)).body.data).toEqual({ me: ada });
    expect(byNew.state.closed).toBe(false);
  });

  test('that nobody knows is refused with 401', async () => {
    for (const [name, value] of [
      ['x-api-key', 'mammon_guess'],
      ['x-api-key', ''],
      ['authorization', 'ApiKey mammon_guess'],
    ] as const) {
      const answer = await post({ query: '{ me }' }, undefined, { [name]: value });
      expect([answer.status, codeOf(answer)]).toEqual([401, 'UNAUTHENTICATED']);
    }
  });
});

describe('automatic persisted queries', () => {
  test('are registered once and then sent by their hash, by POST and GET', async () => {
    const query = 'query Automatic { me device }';
    const unknown = await post(persisted(query));
    expect([unknown.status, codeOf(unknown)]).toEqual([200, 'PERSISTED_QUERY_NOT_FOUND']);
    expect(unknown.body.errors?.[0]?.message).toBe('PersistedQueryNotFound');
    expect((await post({ query, ...persisted(query) })).body.data).toHaveProperty('me');
    expect((await post(persisted(query))).body.data).toHaveProperty('me');
    const search = new URLSearchParams({
      extensions: JSON.stringify(persisted(query).extensions),
    });
    const get = await fetch(`${world.gateway.url}?${search}`, {
      headers: { 'apollo-require-preflight': 'yes' },
    });
    expect(await get.json()).toMatchObject({ data: { me: null } });
    const wrong = await post({ query: '{ me }', ...persisted(query) });
    expect([wrong.status, codeOf(wrong)]).toEqual([400, 'BAD_REQUEST']);
  });
});

describe('trusted documents', () => {
  const one = 'query One { me }';
  const two = 'query Two($n: Boolean!) { me device @include(if: $n) }';

  test.each([
    ['LOG', [undefined, undefined, undefined]],
    ['SAFELIST', [undefined, undefined, 'QUERY_NOT_IN_SAFELIST']],
    ['REQUIRE_ID', [undefined, 'PERSISTED_QUERY_ID_REQUIRED', 'PERSISTED_QUERY_ID_REQUIRED']],
  ] as const)('at level %s', async (level, codes) => {
    const key = await newKey({ level, operations: [{ id: 'one', name: 'One', body: one }] });
    const answers = [
      await post({ documentId: 'one' }, key),
      await post({ query: 'query   One {\n me }' }, key),
      await post({ query: '{ device }' }, key),
    ];
    expect(answers.map(codeOf)).toEqual(codes);
    expect(answers[0]?.body.data).toEqual({ me: ada });
    const byHash = await post({ documentId: `sha256:${sha256(one)}` }, key);
    expect(byHash.body.data).toEqual({ me: ada });
    const byExtension = await post(persisted(one), key);
    expect(byExtension.body.data).toEqual({ me: ada });
    const unknown = await post(persisted('{ me }'), key);
    expect([unknown.status, codeOf(unknown)]).toEqual([400, 'PERSISTED_QUERY_NOT_IN_LIST']);
  });

  test('belong to their key, and the folder’s to everybody', async () => {
    const owner = await newKey({ operations: [{ id: 'one', name: 'One', body: one }] });
    const other = await newKey();
    expect((await post({ documentId: 'one' }, owner)).body.data).toEqual({ me: ada });
    expect(codeOf(await post({ documentId: 'one' }, other))).toBe('PERSISTED_QUERY_NOT_IN_LIST');
    expect(codeOf(await post({ documentId: 'one' }))).toBe('PERSISTED_QUERY_NOT_FOUND');
    const documentId = `sha256:${sha256(inFolder)}`;
    expect((await post({ documentId }, other)).body.data).toEqual({ me: ada });
    expect((await post({ documentId })).body.data).toEqual({ me: null });
  });

  test('of a folder that is named by a key are that key’s, as soon as they are written', async () => {
    const key = await newKey({ level: 'REQUIRE_ID' });
    const other = await newKey();
    mkdirSync(join(folder, key.id));
    const operations = [{ id: 'filed', name: 'Filed', type: 'query', body: 'query Filed { me }' }];
    const manifest = { format: 'apollo-persisted-query-manifest', version: 1, operations };
    writeFileSync(join(folder, key.id, 'manifest.json'), JSON.stringify(manifest));
    const answer = await eventually(
      () => post({ documentId: 'filed' }, key),
      ({ body }) => body.data !== undefined,
    );
    expect(answer.body).toEqual({ data: { me: ada } });
    expect(codeOf(await post({ documentId: 'filed' }, other))).toBe('PERSISTED_QUERY_NOT_IN_LIST');
  });

  test('come by GET with variables', async () => {
    const key = await newKey({ operations: [{ id: 'two', name: 'Two', body: two }] });
    const search = new URLSearchParams({ documentId: 'two', variables: '{"n":false}' });
    const answer = await fetch(`${world.gateway.url}?${search}`, {
      headers: { 'x-api-key': key.secret, accept: 'application/graphql-response+json' },
    });
    expect([answer.status, await answer.json()]).toEqual([200, { data: { me: ada } }]);
  });

  test('are checked when they are published, and what breaks is reported', async () => {
    const key = await newKey();
    users.publish(key, [
      { id: 'good', name: 'Good', body: one },
      { id: 'bad', name: 'Bad', body: 'query Bad { meee }' },
      { id: 'live', name: 'Live', body: 'subscription Live { pulses { count } }' },
    ]);
    const verdicts = await eventually(
      async () => users.verdicts.get(key.id),
      (found) => found?.['good'] !== undefined,
    );
    expect(verdicts).toEqual({
      good: [],
      bad: [expect.stringContaining('Cannot query field "meee"')],
      live: [],
    });
  });

  test('of which users could not hear are reported once it can', async () => {
    const key = await newKey();
    users.deaf.now = true;
    users.publish(key, [{ id: 'late', name: 'Late', body: 'query Late { nothing }' }]);
    await eventually(
      async () => codeOf(await post({ documentId: 'late' }, key)),
      (code) => code === 'GRAPHQL_VALIDATION_FAILED',
    );
    // Another key's verdict does not wait behind it.
    expect(users.verdicts.get(key.id)).toBeUndefined();
    users.deaf.now = false;
    const verdicts = await eventually(
      () => users.verdicts.get(key.id),
      (found) => found !== undefined,
    );
    expect(verdicts).toEqual({ late: [expect.stringContaining('Cannot query field "nothing"')] });
  });

  test('are checked again when the supergraph changes', async () => {
    const key = await newKey();
    users.publish(key, [{ id: 'device', name: 'Device', body: 'query Device { device }' }]);
    const verdict = (broken: boolean) =>
      eventually(
        async () => users.verdicts.get(key.id)?.['device'],
        (problems) => problems !== undefined && problems.length > 0 === broken,
      );
    await verdict(false);
    world.supergraph({ orders: sdl.orders.replace('device: String', '') });
    expect(await verdict(true)).toEqual([expect.stringContaining('Cannot query field "device"')]);
    world.supergraph({});
    await verdict(false);
  });

  test('come over a WebSocket by documentId and by the extension', async () => {
    const live = 'subscription Live { pulses { count } }';
    const key = await newKey({
      level: 'REQUIRE_ID',
      operations: [
        { id: 'one', name: 'One', body: one },
        { id: 'live', name: 'Live', body: live },
      ],
    });
    const client = partners.client(key);
    expect(await first(client, { query: '', ...persisted(live) })).toEqual({
      data: { pulses: { count: 0 } },
    });
    expect(await partners.firstFromRawSocket(key.secret, { documentId: 'one' })).toEqual({
      data: { me: ada },
    });
    await expect(first(client, { query: one })).rejects.toMatchObject([
      { extensions: { code: 'PERSISTED_QUERY_ID_REQUIRED' } },
    ]);
    const stream = client.iterate({ query: '', ...persisted(live) });
    await stream.next();
    const closed = new Promise((resolve) => client.on('closed', resolve));
    key.live = false;
    users.changed(key);
    expect(await closed).toMatchObject({ code: 4403 });
  });
});
