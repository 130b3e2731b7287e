import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { readGatewayConfig, settings as gateway } from '#gateway/config.ts';
import type { Environment } from '#kit/config.ts';
import { startHttpServer } from '#kit/http-server.ts';
import { silentLogger } from '#kit/log.ts';
import { platformSettings, readPlatformConfig } from '#kit/platform.ts';
import { settings as tracing } from '#kit/trace-export.ts';
import { readExchangeConfig, settings as exchange } from '#subgraphs/exchange/config.ts';
import { readOrdersConfig, settings as orders } from '#subgraphs/orders/config.ts';
import { readPricingConfig, settings as pricing } from '#subgraphs/pricing/config.ts';
import { readUsersConfig, settings as users } from '#subgraphs/users/config.ts';
import { readWalletsConfig, settings as wallets } from '#subgraphs/wallets/config.ts';
import { readVenueConfig, settings as venue } from '#venue/config.ts';
import { files, read, root } from './support/tree.ts';

const Service = z.object({
  command: z.array(z.string()),
  environment: z.record(z.string(), z.string()),
  ports: z.array(z.string()).optional(),
  healthcheck: z.object({ test: z.array(z.string()) }),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).optional(),
  read_only: z.boolean().optional(),
});

interface Program {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly port: number;
  readonly needs: readonly string[];
  /** Reads the program's configuration as the program does. */
  readConfig(environment: Environment): unknown;
}

const standalone = ['DATABASE_URL', 'RABBITMQ_URL', 'REDIS_URL'];
const programs: Readonly<Record<string, Program>> = {
  'gateway/main.ts': { settings: gateway, port: 4000, needs: [], readConfig: readGatewayConfig },
  'subgraphs/users/main.ts': {
    settings: users,
    port: 4001,
    needs: standalone,
    readConfig: readUsersConfig,
  },
  'subgraphs/wallets/main.ts': {
    settings: wallets,
    port: 4002,
    needs: standalone,
    readConfig: readWalletsConfig,
  },
  'subgraphs/orders/main.ts': {
    settings: orders,
    port: 4003,
    needs: standalone,
    readConfig: readOrdersConfig,
  },
  'subgraphs/pricing/main.ts': {
    settings: pricing,
    port: 4004,
    needs: standalone,
    readConfig: readPricingConfig,
  },
  'subgraphs/exchange/main.ts': {
    settings: exchange,
    port: 4005,
    needs: standalone,
    readConfig: readExchangeConfig,
  },
  'venue/main.ts': {
    settings: venue,
    port: 9878,
    needs: ['VENUE_DATABASE_URL'],
    readConfig: readVenueConfig,
  },
};

const text = read('docker-compose.yml');
const services = z
  .record(z.string(), Service.partial())
  .parse(z.object({ services: z.unknown() }).parse(parse(text, { merge: true })).services);
const ours = Object.entries(services).filter(([, { command }]) => command?.[0] === 'node');
const isSecret = (name: string) => /PASS|SECRET|AUTH|_(KEY|TOKEN)$/.test(name);
const demanded = [...text.matchAll(/\$\{([A-Z_]+):\?[^}]+\}/g)].map(([, name = '']) => name);
const freshSecrets = parseEnvironment(
  execFileSync('sh', ['deploy/new-env.sh'], { cwd: root, encoding: 'utf8' }),
);

describe('docker-compose.yml', () => {
  test('has a service for each program, and two processes of orders and wallets', () => {
    const mains = files(/^(subgraphs\/[^/]+|gateway|venue)\/main\.ts$/);
    expect(Object.keys(programs).toSorted()).toEqual(mains.toSorted());
    const run = ours.map(([, { command }]) => command?.[1]);
    expect(new Set(run)).toEqual(new Set(mains));
    for (const file of ['subgraphs/orders/main.ts', 'subgraphs/wallets/main.ts']) {
      expect(run.filter((one) => one === file)).toHaveLength(2);
    }
  });

  test.each(ours)(
    'gives %s all that its program demands, and nothing that it does not read',
    (_, service) => {
      const { environment = {}, program } = programOf(service);
      const known = { ...program.settings, ...platformSettings, ...tracing };
      expect(Object.keys(environment).filter((name) => !Object.hasOwn(known, name))).toEqual([]);
      const required = Object.entries(program.settings)
        .filter(
          ([, setting]) => setting instanceof z.ZodType && !setting.safeParse(undefined).success,
        )
        .map(([name]) => name);
      const passed = Object.keys(environment);
      expect([...required, ...program.needs].filter((name) => !passed.includes(name))).toEqual([]);
      const filled = fill(environment, freshSecrets);
      expect(() => [program.readConfig(filled), readPlatformConfig(filled)]).not.toThrow();
    },
  );

  test.each(ours)('has %s listen where others and its health check reach it', (name, service) => {
    const { environment = {}, program } = programOf(service);
    const config = z.object({ host: z.string() }).or(z.object({ HOST: z.string() }));
    const read = config.parse(program.readConfig(fill(environment, freshSecrets)));
    expect('host' in read ? read.host : read.HOST).toBe('0.0.0.0');
    const check = service.healthcheck?.test ?? [];
    expect(check.slice(0, 3)).toEqual(['CMD', 'node', 'deploy/is-ready.mjs']);
    const path = name === 'venue' ? `tcp://127.0.0.1:` : 'http://127.0.0.1:';
    const end = name === 'venue' ? '' : '/health/ready';
    expect(check[3]).toBe(`${path}${program.port}${end}`);
    const addresses = JSON.stringify(environment).matchAll(/http:\/\/([a-z0-9-]+):(\d+)\/graphql/g);
    for (const [, host = '', port] of addresses) {
      expect(programOf(services[host]).program.port).toBe(Number(port));
    }
  });

  test('the gateway knows every process of every subgraph', () => {
    const { environment } = programOf(services['gateway']);
    const known = JSON.stringify(environment).matchAll(/http:\/\/([a-z0-9-]+):/g);
    const subgraphs = ours.filter(([, { command }]) => command?.[1]?.startsWith('subgraphs/'));
    expect([...known].map(([, host]) => host).toSorted()).toEqual(
      subgraphs.map(([name]) => name).toSorted(),
    );
  });

  test('no secret has a default or is written down, and only who needs one is given it', () => {
    const defaults = [...text.matchAll(/\$\{([A-Z_]+):?-/g)].map(([, name = '']) => name);
    expect(defaults.filter(isSecret)).toEqual([]);
    for (const [, { environment = {} }] of Object.entries(services)) {
      for (const [name, value] of Object.entries(environment)) {
        if (isSecret(name)) expect(value).toMatch(/^\$\{[A-Z_]+:\?[^}]+\}$/);
        const password = /^[a-z]+:\/\/[^:@/]*:(.+)@/.exec(value)?.[1];
        if (password !== undefined) expect(password).toMatch(/^\$\{[A-Z_]+:\?[^}]+\}$/);
      }
    }
    const holders = (name: string) =>
      ours.filter(([, { environment }]) => environment?.[name]).map(([holder]) => holder);
    expect(holders('IDENTITY_PRIVATE_KEY')).toEqual(['gateway']);
    expect(holders('ACCESS_TOKEN_PRIVATE_KEY')).toEqual(['users']);
    expect(holders('REFRESH_TOKEN_SECRET')).toEqual(['users']);
    expect(holders('FIX_PASSWORD')).toEqual(['exchange']);
  });

  test('new-env.sh prints each secret that it demands, good ones, and each time others', () => {
    expect(Object.keys(freshSecrets).toSorted()).toEqual([...new Set(demanded)].toSorted());
    const again = parseEnvironment(
      execFileSync('sh', ['deploy/new-env.sh'], { cwd: root, encoding: 'utf8' }),
    );
    for (const [name, value] of Object.entries(freshSecrets)) expect(again[name]).not.toBe(value);
    const pem = (name: string) => (freshSecrets[name] ?? '').replaceAll('\\n', '\n');
    const publicHalf = createPublicKey(pem('IDENTITY_PRIVATE_KEY'));
    expect(publicHalf.export({ type: 'spki', format: 'pem' })).toBe(pem('IDENTITY_PUBLIC_KEY'));
    expect(publicHalf.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
  });

  test('only the gateway is published, on loopback', () => {
    const published = Object.entries(services).filter(([, { ports }]) => ports !== undefined);
    expect(published.map(([name, { ports }]) => [name, ports])).toEqual([
      ['gateway', ['127.0.0.1:4000:4000']],
    ]);
  });

  test('everything has a health check, and whoever is waited for exists', () => {
    for (const [name, { healthcheck, depends_on = {} }] of Object.entries(services)) {
      expect([name, healthcheck !== undefined]).toEqual([name, true]);
      for (const other of Object.keys(depends_on)) expect(services).toHaveProperty([other]);
    }
  });

  const has = (binary: string, ...version: string[]) =>
    spawnSync(binary, version, { stdio: 'ignore' }).status === 0;
  const composeTest = has('docker-compose', 'version') ? test : test.skip;

  composeTest('docker-compose takes it with fresh secrets and says what is missing without', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mammon-compose-'));
    try {
      expect(config(folder, freshSecrets).status).toBe(0);
      for (const name of new Set(demanded)) {
        const { [name]: _, ...rest } = freshSecrets;
        const refused = config(folder, rest);
        expect([name, refused.status]).not.toEqual([name, 0]);
        expect(refused.stderr).toContain('deploy/new-env.sh');
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the image', () => {
  test('leaves out what is secret or of this machine, and keeps what programs read', () => {
    const ignored = read('.dockerignore').split('\n');
    for (const name of ['.env', '.git', '.data', 'node_modules']) expect(ignored).toContain(name);
    const dockerfile = read('Dockerfile');
    expect(dockerfile).toMatch(/^USER node$/m);
    const copied = [...dockerfile.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, list = '']) =>
      list.split(' '),
    );
    for (const file of copied) expect([file, existsSync(join(root, file))]).toEqual([file, true]);
  });

  test('is-ready.mjs believes an answer of 200 only', async () => {
    let status = 200;
    const http = await startHttpServer({
      program: 'test',
      host: '127.0.0.1',
      port: 0,
      logger: silentLogger,
      routes: { '/health/ready': async () => ({ status, headers: {}, body: 'said so' }) },
    });
    const url = `${http.url}/health/ready`;
    expect(await isReady(url)).toEqual({ status: 0, error: '' });
    status = 503;
    expect(await isReady(url)).toEqual({ status: 1, error: `${url}: 503 said so\n` });
    await http.close();
    expect((await isReady(url)).status).toBe(1);
  });

  test('is-ready.mjs asks a program without HTTP whether it takes connections', async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const url = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect((await isReady(url)).status).toBe(0);
    await new Promise((resolve) => server.close(resolve));
    expect((await isReady(url)).status).toBe(1);
  });
});

function programOf(service: Partial<z.infer<typeof Service>> | undefined) {
  const program = programs[service?.command?.[1] ?? ''];
  if (!service || !program) throw new Error('no program of ours');
  return { ...service, program };
}

/** Replaces `${NAME:?why}` and `${NAME:-default}` as docker-compose does. */
function fill(environment: Environment, values: Environment): Environment {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value = '']) => [
      name,
      value.replaceAll(
        /\$\{([A-Z_]+):([?-])([^}]*)\}/g,
        (_, variable: string, kind: string, rest: string) =>
          values[variable] ?? (kind === '-' ? rest : ''),
      ),
    ]),
  );
}

function parseEnvironment(lines: string): Record<string, string> {
  return Object.fromEntries(
    [...lines.matchAll(/^([A-Z_]+)='?([^'\n]*)'?$/gm)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  );
}

function config(folder: string, secrets: Environment) {
  const file = join(folder, 'env');
  const lines = Object.entries(secrets).map(([name, value]) => `${name}=${value}`);
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  const parameters = ['--env-file', file, '--file', join(root, 'docker-compose.yml'), 'config'];
  const { PATH = '', HOME = '' } = process.env;
  return spawnSync('docker-compose', parameters, { encoding: 'utf8', env: { PATH, HOME } });
}

function isReady(url: string): Promise<{ status: number | null; error: string }> {
  const child = spawn(process.execPath, [join(root, 'deploy/is-ready.mjs'), url]);
  let error = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (error += text));
  return new Promise((resolve) => child.once('close', (status) => resolve({ status, error })));
}
