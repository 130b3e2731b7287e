import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runningServer, startEmbeddedPostgres } from '#stack/embedded-postgres.ts';
import { generateSecrets } from '#stack/local-secrets.ts';
import { Program } from '#tests/support/program.ts';
import { postgres } from '#tests/support/services.ts';
import { secretVariables } from '#tests/support/system.ts';

const anyPorts = Object.fromEntries(
  ['PORT', 'USERS_PORT', 'WALLETS_PORT', 'ORDERS_PORT', 'PRICING_PORT', 'EXCHANGE_PORT'].map(
    (name) => [name, '0'],
  ),
);
const secrets = secretVariables(generateSecrets());
const nobodyListens = '127.0.0.1:1';

/** Everything that can be expected to go wrong: one line that says what to do, and status 1. */
describe('a start that cannot be', () => {
  const home = mkdtempSync(join(tmpdir(), 'mammon-refused-'));
  let taken: Server;
  let takenPort: string;
  let realPostgres: string;

  beforeAll(async () => {
    chmodSync(home, 0o755);
    taken = createServer();
    await new Promise<void>((resolve) => void taken.listen(0, '127.0.0.1', resolve));
    takenPort = String((taken.address() as AddressInfo).port);
    realPostgres = (await postgres()).url;
  });

  afterAll(() => {
    taken.close();
    rmSync(home, { recursive: true, force: true });
  });

  /** The one line of a program that refuses to start. */
  async function refusal(file: string, environment: Record<string, string>): Promise<string> {
    const program = new Program(file, file, {
      VENUE_FIX_PORT: '0',
      ...anyPorts,
      LOG_LEVEL: 'error',
      ...environment,
    });
    program.start();
    expect(await program.exited).toBe(1);
    expect(program.errors.trimEnd().split('\n')).toHaveLength(1);
    return program.errors;
  }

  const local = (extra: Record<string, string>) => refusal('stack/main.ts', extra);
  const dataDir = (name: string) => join(home, name);

  test('names the variable of a port in use, and leaves no PostgreSQL behind', async () => {
    const DATA_DIR = dataDir('port');
    const said = await local({ DATA_DIR, DATA_FSYNC: 'off', ORDERS_PORT: takenPort });
    expect(said).toContain(`port ${takenPort} is in use`);
    expect(said).toContain('ORDERS_PORT');
    expect(runningServer(join(DATA_DIR, 'postgres'))).toBeUndefined();
  });

  test('names every malformed variable at once', async () => {
    const DATA_DIR = dataDir('malformed');
    const said = await local({ DATA_DIR, ORDERS_PORT: 'many', VENUE_SPEED: '1.5', PORT: '70000' });
    expect(said).toContain('ORDERS_PORT: must be a number');
    expect(said).toContain('VENUE_SPEED: must be a whole number');
    expect(said).toContain('PORT: must be 65535 or less');
    expect(said).toContain('.env.example');
  });

  test('names every missing secret beside a DATABASE_URL, and generates none', async () => {
    const DATA_DIR = dataDir('secrets');
    const said = await local({ DATA_DIR, DATABASE_URL: realPostgres });
    for (const name of Object.keys(secrets)) expect(said).toContain(`${name} is not set`);
    expect(existsSync(DATA_DIR)).toBe(false);
  });

  test('names DATABASE_URL when PostgreSQL cannot be reached, without its password', async () => {
    const DATABASE_URL = `postgres://somebody:hush@${nobodyListens}/mammon`;
    const said = await local({ ...secrets, DATABASE_URL });
    expect(said).toContain(`cannot use PostgreSQL at ${nobodyListens}`);
    expect(said).toContain('DATABASE_URL');
    expect(said).not.toContain('hush');
  });

  test('says what to do about a damaged file of secrets', async () => {
    const DATA_DIR = dataDir('damaged');
    mkdirSync(DATA_DIR);
    writeFileSync(join(DATA_DIR, 'secrets.json'), '{');
    const said = await local({ DATA_DIR });
    expect(said).toContain(`${join(DATA_DIR, 'secrets.json')} is damaged: restore it, or delete`);
  });

  test('says what to do when the secrets are gone and the data are not', async () => {
    const DATA_DIR = dataDir('gone');
    mkdirSync(join(DATA_DIR, 'postgres'), { recursive: true });
    expect(await local({ DATA_DIR })).toContain('is missing beside its data: restore it');
  });

  test('names DATA_DIR when the folder cannot be used', async () => {
    writeFileSync(join(home, 'file'), '');
    expect(await local({ DATA_DIR: join(home, 'file', 'data') })).toContain('set DATA_DIR');
  });

  test('is not fooled by the process id of a stranger in an old postmaster.pid', async () => {
    const folder = join(dataDir('crashed'), 'postgres');
    const settings = { dataDir: folder, password: 'whatever', fsync: false };
    await (await startEmbeddedPostgres(settings)).close();
    // The tests' own process has the pid that the crashed server had.
    const lines = [String(process.ppid), folder, '0', '1', '', '127.0.0.1', '0 0', 'ready', ''];
    writeFileSync(join(folder, 'postmaster.pid'), lines.join('\n'));
    const server = await startEmbeddedPostgres(settings);
    expect(server.takenOver).toBe(false);
    await server.close();
    expect(runningServer(folder)).toBeUndefined();
  });

  describe('alone', () => {
    const others = {
      ...secrets,
      MESSAGING_PREFIX: 'refused',
      RABBITMQ_URL: `amqp://guest:hush@${nobodyListens}`,
      REDIS_URL: `redis://:hush@${nobodyListens}`,
    };

    test('names the services and the keys that it misses', async () => {
      const said = await refusal('subgraphs/orders/main.ts', {});
      for (const name of ['DATABASE_URL', 'RABBITMQ_URL', 'REDIS_URL', 'IDENTITY_PUBLIC_KEY']) {
        expect(said).toContain(name);
      }
      expect(said).toContain('npm start');
    });

    test('names REDIS_URL when Redis cannot be reached', async () => {
      const said = await refusal('subgraphs/orders/main.ts', {
        ...others,
        DATABASE_URL: realPostgres,
      });
      expect(said).toContain(`cannot use Redis at ${nobodyListens}`);
      expect(said).toContain('REDIS_URL');
      expect(said).not.toContain('hush');
    });

    test('names RABBITMQ_URL when RabbitMQ cannot be reached', async () => {
      const DATA_DIR = dataDir('rabbitmq');
      const { RABBITMQ_URL } = others;
      const said = await local({ DATA_DIR, DATA_FSYNC: 'off', RABBITMQ_URL });
      expect(said).toContain(`cannot use RabbitMQ at ${nobodyListens}`);
      expect(said).toContain('RABBITMQ_URL');
      expect(said).not.toContain('hush');
      expect(runningServer(join(DATA_DIR, 'postgres'))).toBeUndefined();
    });

    test('names the variable of the gateway’s port, and what is wrong with its key', async () => {
      const busy = await refusal('gateway/main.ts', { ...secrets, PORT: takenPort });
      expect(busy).toContain('PORT');
      const broken = { ...secrets, IDENTITY_PRIVATE_KEY: 'no key' };
      expect(await refusal('gateway/main.ts', broken)).toContain('IDENTITY_PRIVATE_KEY: must be');
    });

    test('the demo and the audit say that nothing runs', async () => {
      const GRAPHQL_URL = `http://${nobodyListens}/graphql`;
      expect(await refusal('tools/demo.ts', { GRAPHQL_URL })).toContain('run npm start first');
      const DATA_DIR = dataDir('nothing');
      expect(await refusal('tools/audit.ts', { DATA_DIR })).toContain('run npm start first');
    });
  });
});
