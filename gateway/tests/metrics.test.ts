import { expect, test } from '@jest/globals';
import { settled } from './settled.ts';
import { openWorld, type World } from './world.ts';

const token = 'a token of at least 32 characters';

/** The value of one series; undefined where it is not told. */
async function metric(world: World, series: string): Promise<number | undefined> {
  const response = await fetch(new URL('/metrics', world.gateway.url), {
    headers: { authorization: `Bearer ${token}` },
  });
  const line = (await response.text()).split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

test('metrics are for whoever has the token, and for nobody where there is none', async () => {
  await using guarded = await openWorld({ METRICS_TOKEN: token });
  await using without = await openWorld();
  const status = async (world: World, authorization = '') =>
    (await fetch(new URL('/metrics', world.gateway.url), { headers: { authorization } })).status;
  expect(await status(guarded)).toBe(401);
  expect(await status(guarded, `Bearer ${await guarded.token({ roles: ['OPERATOR'] })}`)).toBe(401);
  expect(await status(guarded, `Bearer ${token}`)).toBe(200);
  expect(await status(without, `Bearer ${token}`)).toBe(404);
});

test('operations, subgraphs and errors are counted, with the limit that was exceeded', async () => {
  await using world = await openWorld({ METRICS_TOKEN: token, MAX_ALIASES: '1' });
  const ask = (query: string) =>
    world.token().then((bearer) => world.ask(query, { token: bearer }));
  const before = {
    complete: await metric(
      world,
      'mammon_gateway_operation_seconds_count{type="query",outcome="complete"}',
    ),
    asked: await metric(
      world,
      'mammon_gateway_subgraph_seconds_count{subgraph="orders",outcome="answered"}',
    ),
  };
  await ask('{ me }');
  expect(
    await metric(world, 'mammon_gateway_operation_seconds_count{type="query",outcome="complete"}'),
  ).toBe((before.complete ?? 0) + 1);
  expect(
    await metric(
      world,
      'mammon_gateway_subgraph_seconds_count{subgraph="orders",outcome="answered"}',
    ),
  ).toBe((before.asked ?? 0) + 1);
  const limited = await ask('{ a: me b: me }');
  expect(limited.body.errors?.[0]?.extensions['limit']).toBe('aliases');
  const refused = 'mammon_gateway_errors_total{code="OPERATION_LIMIT_EXCEEDED",limit="aliases"}';
  expect(await metric(world, refused)).toBe(1);
  world.ordersNetwork.cut();
  await ask('{ me }');
  expect(
    await metric(
      world,
      'mammon_gateway_subgraph_seconds_count{subgraph="orders",outcome="unavailable"}',
    ),
  ).toBe(1);
  expect(
    await metric(world, 'mammon_gateway_errors_total{code="SERVICE_UNAVAILABLE",limit=""}'),
  ).toBeGreaterThan(0);
});

test('connections and subscriptions stand beside what is allowed', async () => {
  await using world = await openWorld({ METRICS_TOKEN: token, MAX_SUBSCRIPTIONS_PER_USER: '2' });
  const client = world.client(await world.token());
  const stream = () => {
    const events = client.iterate({ query: 'subscription { pulses { count } }' });
    void events.next().catch(() => undefined);
    return events;
  };
  const streams = [stream(), stream()];
  await settled(async () => {
    expect(await metric(world, 'mammon_gateway_subscriptions')).toBe(2);
  });
  expect(await metric(world, 'mammon_gateway_connections')).toBe(1);
  expect(await metric(world, 'mammon_gateway_connected_users')).toBe(1);
  expect(await metric(world, 'mammon_gateway_limit{limit="subscriptionsPerUser"}')).toBe(2);
  const third = client.iterate({ query: 'subscription { pulses { count } }' });
  await expect(third.next()).rejects.toMatchObject([
    { message: 'a user has at most 2 subscriptions' },
  ]);
  expect(
    await metric(world, 'mammon_gateway_errors_total{code="TOO_MANY_SUBSCRIPTIONS",limit=""}'),
  ).toBe(1);
  const events = 'mammon_gateway_events_total{delivery="plain"}';
  const before = (await metric(world, events)) ?? 0;
  await world.orders.pulse(1);
  await settled(async () => expect(await metric(world, events)).toBe(before + 2));
  await Promise.all(streams.map((one) => one.return?.()));
  await client.dispose();
  await settled(async () => {
    expect(await metric(world, 'mammon_gateway_connections')).toBe(0);
  });
});

test('closed sockets and refused supergraphs are counted', async () => {
  await using world = await openWorld({ METRICS_TOKEN: token, SUPERGRAPH_WATCH_MS: '20' });
  const closures = 'mammon_gateway_socket_closures_total{code="4401"}';
  const before = (await metric(world, closures)) ?? 0;
  const client = world.client(await world.token({ forged: true }));
  await expect(client.iterate({ query: '{ me }' }).next()).rejects.toMatchObject({ code: 4401 });
  await settled(async () => expect(await metric(world, closures)).toBe(before + 1));
  world.supergraph('type Nonsense');
  await settled(async () => {
    expect(await metric(world, 'mammon_gateway_supergraph_changes_total{outcome="refused"}')).toBe(
      1,
    );
  });
});
