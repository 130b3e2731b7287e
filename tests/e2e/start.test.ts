import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runningServer } from '#stack/embedded-postgres.ts';
import { eventually } from '#tests/support/eventually.ts';
import { canListListeners, listenerOn, listenersOf, loopback } from '#tests/support/listeners.ts';
import { Program, root } from '#tests/support/program.ts';
import { freePorts, portVariables, stopOrphan } from '#tests/support/system.ts';
import { createGraphqlClient } from '#tools/graphql-client.ts';

const lastLine = 'Ctrl-C ends Mammon.';
const credentials = { email: 'ada@example.com', password: 'correct horse battery' };
const onLinux = canListListeners ? test : test.skip;

/** A newcomer's start and whatever happens to it, in one folder of data. */
describe('npm start', () => {
  const home = mkdtempSync(join(tmpdir(), 'mammon-start-'));
  const dataDir = join(home, 'data');
  const touched = join(home, 'touched.mjs');
  const server = () => runningServer(join(dataDir, 'postgres'));
  const started: Program[] = [];
  let environment: Record<string, string>;
  let ports: number[];
  let graphqlUrl: string;
  let running: Program;

  beforeAll(async () => {
    chmodSync(home, 0o755); // root's PostgreSQL runs as nobody
    ports = await freePorts(7);
    // HOST must not matter here: local mode is on loopback, whatever it says.
    const extra = { DATA_DIR: dataDir, DATA_FSYNC: 'off', HOST: '0.0.0.0' };
    environment = { ...portVariables(ports), ...extra };
    graphqlUrl = environment['GRAPHQL_URL'] ?? '';
    writeScripts(home);
    writeFileSync(touched, '');
    running = npm('start');
    await running.says(lastLine);
  }, 60_000);

  afterAll(async () => {
    await Promise.all(started.map((program) => program.stop()));
    await stopOrphan(dataDir);
    rmSync(home, { recursive: true, force: true });
  });

  /** As a shell runs it: npm and its child in a process group of their own. */
  function npm(script: string, extra: Record<string, string> = {}): Program {
    const command = ['npm', '--prefix', home, '--silent', 'run', script];
    const program = new Program(script, command, { ...environment, ...extra });
    program.start();
    started.push(program);
    return program;
  }

  test('says line by line what came up and where, embedded or real, and no more', () => {
    const lines = running.output.split('\n').map((line) => line.trim().split(/\s+/)[0]);
    const expected = (
      'PostgreSQL RabbitMQ Redis Log venue orders wallets pricing exchange users gateway ' +
      'market GraphQL Docs Operator curl Ctrl-C'
    ).split(' ');
    expect(lines.filter((word) => word && expected.includes(word))).toEqual(expected);
    expect(running.output).toMatch(/PostgreSQL +embedded 18\.\d+ at 127\.0\.0\.1:\d+\n/);
    expect(running.output).toMatch(/RabbitMQ +embedded/);
    expect(running.output).toMatch(/Redis +embedded/);
    expect(running.output).toContain(`data in ${dataDir}`);
    expect(running.output).toContain(`GraphQL      ${graphqlUrl}`);
    expect(running.output).toContain(`: GRAPHQL_URL=${graphqlUrl} npm run demo\n`);
    expect(running.errors).toBe('');
    const seconds = Number(/ready after ([\d.]+) s/.exec(running.output)?.[1]);
    expect(seconds).toBeLessThan(30);
  });

  test('prints a first query that works when it is pasted, again and again', async () => {
    const line = /^ *curl .*$/m.exec(running.output)?.[0] ?? '';
    const answer = await paste(line);
    expect(answer).toEqual({
      data: { register: { user: { id: expect.any(String) }, refusal: null } },
    });
  });

  onLinux('listens on loopback only', () => {
    const pid = listenerOn(ports[0] ?? 0) ?? 0;
    const ours = listenersOf(pid);
    expect(ours.map(({ port }) => port).toSorted()).toEqual(ports.toSorted());
    const all = [...ours, ...listenersOf(server()?.pid ?? 0)];
    expect(all).toHaveLength(8);
    expect(all.filter(({ address }) => !loopback.includes(address))).toEqual([]);
  });

  test('serves GraphiQL, docs and introspection, a seeded operator and free deposits', async () => {
    const page = await fetch(graphqlUrl, { headers: { accept: 'text/html' } });
    expect(await page.text()).toMatch(/graphiql/i);
    const docs = /Docs +(\S+)/.exec(running.output)?.[1] ?? '';
    expect(await (await fetch(docs)).text()).toContain('placeOrder');
    const stranger = createGraphqlClient(graphqlUrl);
    expect(await stranger.ask('{ __schema { queryType { name } } }')).toEqual({
      __schema: { queryType: { name: 'Query' } },
    });
    const [, email, password] = /Operator +(\S+), password (\S+)/.exec(running.output) ?? [];
    expect(await logIn({ email, password })).toEqual(expect.any(String));
    await stranger.ask(
      `mutation ($input: CredentialsInput!) { register(input: $input) { user { id } } }`,
      {
        input: credentials,
      },
    );
    const ada = createGraphqlClient(graphqlUrl, await logIn(credentials));
    const input = { idempotencyKey: 'first', currency: 'NGN', amount: '100.00' };
    expect(
      await ada.ask(
        'mutation ($input: DepositInput!) { deposit(input: $input) { refusal { code } } }',
        {
          input,
        },
      ),
    ).toEqual({ deposit: { refusal: null } });
  });

  test('is refused on the same data while it runs, which goes on', async () => {
    const others = portVariables(await freePorts(7));
    const second = new Program('second', 'stack/main.ts', { ...environment, ...others });
    second.start();
    expect(await second.exited).toBe(1);
    expect(second.errors).toMatch(/^mammon: another Mammon is running on .*: end it first.*\n$/);
    expect((await fetch(new URL('/health/ready', graphqlUrl))).status).toBe(200);
  });

  test('ends by Ctrl-C with status 0 within seconds, also with a stream open', async () => {
    const { closed } = await openStream(await logIn(credentials));
    const since = Date.now();
    running.signal('SIGINT');
    expect(await running.exited).toBe(0);
    expect(Date.now() - since).toBeLessThan(8_000);
    await closed;
    expect(running.errors).toBe('');
    expect(server()).toBeUndefined();
  });

  test('survives kill -9: the orphaned PostgreSQL is taken over, with all its data', async () => {
    running = npm('start');
    await running.says(lastLine);
    expect(running.output).not.toContain('taken over');
    await running.kill();
    const orphan = server();
    expect(orphan).toBeDefined();
    running = npm('start:dev', { NODE_OPTIONS: `--import=${touched}` });
    await running.says(lastLine);
    expect(running.output).toContain('taken over');
    expect(server()).toEqual(orphan);
    const ada = createGraphqlClient(graphqlUrl, await logIn(credentials));
    expect(await ada.ask('{ wallets { currency posted } }')).toEqual({
      wallets: [{ currency: 'NGN', posted: '100.00' }],
    });
  }, 60_000);

  test('as start:dev it restarts on a change, on the same data', async () => {
    const before = server();
    writeFileSync(touched, '// changed');
    const starts = () => running.output.split(lastLine).length - 1;
    await eventually(starts, (times) => times === 2, 50_000);
    expect(running.output).not.toContain('another Mammon');
    expect(server()?.pid).not.toBe(before?.pid);
    running.signal('SIGINT');
    expect(await running.exited).toBe(0);
    expect(server()).toBeUndefined();
  }, 60_000);

  test('ends by Ctrl-C in the middle of the start too', async () => {
    running = npm('start');
    await running.says('PostgreSQL');
    running.signal('SIGINT');
    expect(await running.exited).toBe(0);
    expect(running.output).not.toContain(lastLine);
    expect(running.errors).toBe('');
    expect(server()).toBeUndefined();
  });

  /** Opens a stream and waits for its first event. */
  async function openStream(accessToken: string): Promise<{ closed: Promise<unknown> }> {
    const socket = new WebSocket(graphqlUrl.replace('http', 'ws'), 'graphql-transport-ws');
    const closed = new Promise((resolve) => socket.addEventListener('close', resolve));
    const payload = { authorization: `Bearer ${accessToken}` };
    socket.addEventListener('open', () => {
      socket.send(JSON.stringify({ type: 'connection_init', payload }));
    });
    await new Promise<void>((resolve) => {
      socket.addEventListener('message', ({ data }) => {
        const { type } = JSON.parse(String(data)) as { type: string };
        if (type === 'next') resolve();
        if (type !== 'connection_ack') return;
        const query = 'subscription { quotes { bid } }';
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
      });
    });
    return { closed };
  }

  async function logIn(input: object): Promise<string> {
    const { logIn: answer } = await createGraphqlClient(graphqlUrl).ask<{
      logIn: { tokens: { accessToken: string } | null };
    }>(`mutation ($input: CredentialsInput!) { logIn(input: $input) { tokens { accessToken } } }`, {
      input,
    });
    return answer.tokens?.accessToken ?? 'refused';
  }
});

/** The project's own scripts without their first step, the install, which has tests of its own. */
function writeScripts(folder: string): void {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const install = 'node tools/install.mjs && ';
  const own = Object.entries(scripts)
    .filter(([, command]) => command.startsWith(install))
    .map(([name, command]) => [name, `cd '${root}' && ${command.slice(install.length)}`]);
  const text = JSON.stringify({ private: true, scripts: Object.fromEntries(own) });
  writeFileSync(join(folder, 'package.json'), text);
}

/** What a shell makes of a line with curl in it, sent by fetch: curl need not be installed. */
async function paste(line: string): Promise<unknown> {
  const script = `curl() { printf '%s\\0' "$@"; }\n${line}`;
  const [url = '', ...options] = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split(
    '\0',
  );
  const value = (name: string) => options[options.indexOf(name) + 1] ?? '';
  const [header = '', type = ''] = value('-H').split(': ');
  const answer = await fetch(url, {
    method: 'POST',
    headers: { [header]: type },
    body: value('-d'),
  });
  return answer.json();
}
