import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createIdentitySigner, identityHeader, type Identity } from '#kit/identity.ts';
import type { UserId } from '#kit/ids.ts';
import {
  eventually,
  keys,
  pem,
  report,
  startFixture,
  trade,
  userId,
  type Fixture,
} from './exchange-fixture.ts';

const stranger: Identity = {
  userId: null,
  roles: [],
  sessionId: null,
  address: '127.0.0.1',
  device: null,
};
const owner: Identity = { ...stranger, userId: userId as UserId, roles: ['CUSTOMER'] };
const other: Identity = {
  ...owner,
  userId: '22222222-2222-7222-8222-222222222222' as UserId,
};
const operator: Identity = { ...other, roles: ['OPERATOR'] };
const signer = createIdentitySigner(pem(keys.privateKey, 'pkcs8'));

let fixture: Fixture;
let orderId: string;
let executionId: string;

beforeAll(async () => {
  fixture = await startFixture();
  const { venue, broker } = fixture;
  orderId = await fixture.submit();
  const order = await venue.next('MAMMON', 'D');
  venue.send('MAMMON', '8', report(order, { 37: 'VENUE-1' }));
  venue.send('MAMMON', '8', trade(order, 'X-1', '40.00', '40.00'));
  await eventually(() => broker.namesOf(orderId).length === 2);
  executionId = String(broker.bodyOf(orderId, 'order-executed')['executionId']);
});
afterAll(async () => fixture[Symbol.asyncDispose]());

const references = `query ($references: [_Any!]!) {
  _entities(representations: $references) {
    ... on Order { id venue { id } venueOrderId executions { id quantity price order { id } } }
    ... on Execution { id execId tradedAtVenue: venue { id name connected } quantity price tradedAt order { id } }
    ... on Venue { id name connected }
  }
}`;
const order = () => ({ references: [{ __typename: 'Order', id: orderId }] });
const execution = () => ({ references: [{ __typename: 'Execution', id: executionId }] });

async function ask(who: Identity | null, query: string, variables = {}, audience = 'exchange') {
  const response = await fetch(fixture.service().url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(who ? { [identityHeader]: await signer.sign(who, audience) } : {}),
    },
    body: JSON.stringify({ query, variables }),
  });
  const body = (await response.json()) as {
    data?: { _entities?: unknown[]; venues?: unknown[] } | null;
    errors?: { extensions: { code: string } }[];
  };
  return { status: response.status, ...body };
}

describe('an order reference', () => {
  test.each([
    ['its owner', owner],
    ['an operator', operator],
  ])('shows %s where it is and what it traded', async (_name, who) => {
    const { data, errors } = await ask(who, references, order());
    expect(errors).toBeUndefined();
    expect(data?._entities).toEqual([
      {
        id: orderId,
        venue: { id: 'SANDBOX' },
        venueOrderId: 'VENUE-1',
        executions: [
          { id: executionId, quantity: '40.00', price: '1520.25', order: { id: orderId } },
        ],
      },
    ]);
  });

  test.each([
    ['another user', other],
    ['a stranger', stranger],
  ])('shows %s nothing', async (_name, who) => {
    expect((await ask(who, references, order())).data?._entities).toEqual([null]);
  });

  test('of an order that never came, or of no order at all, shows nothing', async () => {
    for (const id of ['99999999-9999-7999-8999-999999999999', "'; drop table venue_order"]) {
      const asked = { references: [{ __typename: 'Order', id }] };
      expect((await ask(owner, references, asked)).data?._entities).toEqual([null]);
    }
  });
});

describe('an execution reference', () => {
  test.each([
    ['its owner', owner],
    ['an operator', operator],
  ])('shows %s the trade', async (_name, who) => {
    const { data, errors } = await ask(who, references, execution());
    expect(errors).toBeUndefined();
    expect(data?._entities).toEqual([
      {
        id: executionId,
        execId: 'X-1',
        tradedAtVenue: { id: 'SANDBOX', name: 'Sandbox exchange', connected: true },
        quantity: '40.00',
        price: '1520.25',
        tradedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/),
        order: { id: orderId },
      },
    ]);
  });

  test.each([
    ['another user', other],
    ['a stranger', stranger],
  ])('shows %s nothing', async (_name, who) => {
    expect((await ask(who, references, execution())).data?._entities).toEqual([null]);
  });
});

describe('venues', () => {
  test('are shown to any user and to no stranger', async () => {
    const sandbox = { id: 'SANDBOX', name: 'Sandbox exchange', connected: true };
    expect((await ask(other, '{ venues { id name connected } }')).data?.venues).toEqual([sandbox]);
    const refused = await ask(stranger, '{ venues { id } }');
    expect(refused.data).toBeNull();
    expect(refused.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    const asked = { references: [{ __typename: 'Venue', id: 'SANDBOX' }] };
    expect((await ask(other, references, asked)).data?._entities).toEqual([sandbox]);
    expect((await ask(stranger, references, asked)).data?._entities).toEqual([null]);
  });
});

describe('a request without an identity for this subgraph', () => {
  test('is refused', async () => {
    expect((await ask(null, '{ venues { id } }')).status).toBe(401);
    expect((await ask(owner, '{ venues { id } }', {}, 'orders')).status).toBe(401);
  });
});
