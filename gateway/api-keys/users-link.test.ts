import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemClock } from '#kit/clock.ts';
import { createIdentitySigner } from '#kit/identity.ts';
import { createAddresses } from '../addresses.ts';
import { startUsersStub, type UsersStub } from '../tests/users-stub.ts';
import { createUsersLink } from './users-link.ts';

let users: UsersStub;
const signer = createIdentitySigner(
  generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString(),
);

beforeAll(async () => {
  users = await startUsersStub();
});

afterAll(async () => {
  await users[Symbol.asyncDispose]();
});

test('of several processes of users one that is away keeps nobody waiting', async () => {
  // Nothing listens on port 1.
  const addresses = createAddresses(['http://127.0.0.1:1/graphql', users.url], systemClock);
  const link = createUsersLink(() => addresses, signer);
  users.endSession('phone');
  for (let time = 0; time < 4; time += 1) {
    expect(await link.sessionsEndedWithin(1_000)).toEqual(['phone']);
  }
});

test('when none is there it says so, and so it does where there is no such subgraph', async () => {
  const addresses = createAddresses(['http://127.0.0.1:1/graphql'], systemClock);
  await expect(createUsersLink(() => addresses, signer).keysAfter(0)).rejects.toThrow();
  await expect(createUsersLink(() => undefined, signer).keysAfter(0)).rejects.toThrow(
    'the supergraph has no subgraph `users`',
  );
});
