import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { serverAudits } from 'graphql-http';
import { openPlainWorld, type OpenWorld } from './open-world.ts';
import { openWorld, type World } from './world.ts';

let guarded: World;
let open: OpenWorld;

beforeAll(async () => {
  // Several audits introspect, which is for local mode.
  guarded = await openWorld({}, { local: true });
  open = await openPlainWorld([{ name: 'one', sdl: 'type Query { a: Int }' }]);
});

afterAll(async () => {
  await guarded[Symbol.asyncDispose]();
  await open[Symbol.asyncDispose]();
});

/** A GET that any page of another site could make is refused, as our protection against that asks. */
const notForUs = ['5A70'];

describe('graphql-http audits GraphQL over HTTP', () => {
  const guardedAudits = serverAudits({ url: () => guarded.gateway.url, fetchFn: fetch });
  const openAudits = serverAudits({ url: () => open.gateway.url, fetchFn: fetch });

  test.each(guardedAudits.filter(({ id }) => !notForUs.includes(id)))(
    'of a guarded gateway: $id $name',
    async (audit) => expect(await outcome(audit)).toEqual({ status: 'ok' }),
  );

  test('a guarded gateway differs by a notice, not by a warning', async () => {
    const [audit] = guardedAudits.filter(({ id }) => notForUs.includes(id));
    expect(audit && (await outcome(audit))).toMatchObject({ status: 'notice' });
  });

  test.each(openAudits)('of an open gateway: $id $name', async (audit) =>
    expect(await outcome(audit)).toEqual({ status: 'ok' }),
  );
});

async function outcome(audit: ReturnType<typeof serverAudits>[number]) {
  const result = await audit.fn();
  return 'reason' in result
    ? { status: result.status, reason: result.reason }
    : { status: result.status };
}
