import { startHttpServer } from '#kit/http-server.ts';
import { silentLogger } from '#kit/log.ts';
import { sha256, type ManifestOperation } from '#kit/operation-manifest.ts';
import type { UsageRow } from '../usage/row.ts';
import { ada } from './world.ts';

export interface StubKey {
  readonly id: string;
  secret: string;
  /** The secret before, which ends at that time. */
  old?: { readonly secret: string; readonly expiresAt: string };
  scopes: readonly string[];
  level: 'LOG' | 'SAFELIST' | 'REQUIRE_ID';
  live: boolean;
  requestsPerMinute: number | null;
  requestsPerDay: number | null;
  operations: readonly ManifestOperation[];
}

export interface UsersStub extends AsyncDisposable {
  readonly url: string;
  /** A new key; call `changed` after every change of it. */
  key(settings?: Partial<StubKey>): StubKey;
  changed(key: StubKey): void;
  publish(key: StubKey, operations: readonly ManifestOperation[]): void;
  /** Ends a session, as a log-out or a bar does. */
  endSession(id: string): void;
  /** Which periods were asked for, and of whom. */
  readonly askedUsage: Record<string, string>[];
  /** Whether verdicts are refused for now. */
  readonly deaf: { now: boolean };
  /** What gateways reported last, by key. */
  readonly verdicts: Map<string, Readonly<Record<string, readonly string[]>>>;
}

/** The part of users that gateways ask for keys and operations. */
export async function startUsersStub(): Promise<UsersStub> {
  const keys = new Map<StubKey, { version: number; operationsVersion: number }>();
  const verdicts: UsersStub['verdicts'] = new Map();
  const ended: string[] = [];
  const usage: UsageRow[] = [];
  const askedUsage: UsersStub['askedUsage'] = [];
  const deaf = { now: false };
  let version = 0;
  const json = (body: object) => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const server = await startHttpServer({
    program: 'users',
    host: '127.0.0.1',
    port: 0,
    logger: silentLogger,
    routes: {
      '/graphql': async () => json({ data: { __typename: 'Query', people: 1 } }),
      '/internal/api-keys': async ({ url }) => {
        const after = Number(url.searchParams.get('after'));
        const changed = [...keys].filter(([, at]) => at.version > after);
        return json({
          keys: changed
            .toSorted(([, a], [, b]) => a.version - b.version)
            .map(([{ secret, old, operations: _operations, ...key }, at]) => ({
              ...key,
              ...at,
              userId: ada,
              roles: ['PARTNER'],
              expiresAt: null,
              secrets: [
                { hash: sha256(secret), expiresAt: null },
                ...(old ? [{ hash: sha256(old.secret), expiresAt: old.expiresAt }] : []),
              ],
            })),
        });
      },
      '/internal/usage': async ({ method, url, body }) => {
        if (method === 'POST') {
          usage.push(...(JSON.parse(body.toString()) as { rows: UsageRow[] }).rows);
          return json({});
        }
        const asked = Object.fromEntries(url.searchParams);
        askedUsage.push(asked);
        // Every key of the stub is Ada's.
        const own = new Set([...keys.keys()].map(({ id }) => id));
        const rows =
          asked['owner'] === undefined ? usage : usage.filter((row) => own.has(row.caller));
        return json({ rows, truncated: false });
      },
      '/internal/ended-sessions': async () => json({ ids: ended }),
      '/internal/operations': async ({ url }) => {
        const found = [...keys].find(([{ id }]) => id === url.searchParams.get('key'));
        return json({
          version: found?.[1].operationsVersion ?? 0,
          operations: found?.[0].operations ?? [],
        });
      },
      '/internal/verdicts': async ({ body }) => {
        if (deaf.now) return { ...json({}), status: 503 };
        const report = JSON.parse(body.toString()) as {
          key: string;
          verdicts: Record<string, string[]>;
        };
        verdicts.set(report.key, report.verdicts);
        return json({});
      },
    },
  });
  const changed = (key: StubKey, operations = false) => {
    version += 1;
    const before = keys.get(key)?.operationsVersion ?? 0;
    keys.set(key, { version, operationsVersion: operations ? version : before });
  };
  return {
    url: `${server.url}/graphql`,
    verdicts,
    deaf,
    askedUsage,
    key(settings = {}) {
      const id = `00000000-0000-7000-8000-${String(keys.size + 1).padStart(12, '0')}`;
      const key: StubKey = {
        id,
        secret: `mammon_${id}`,
        scopes: ['read', 'write'],
        level: 'LOG',
        live: true,
        requestsPerMinute: null,
        requestsPerDay: null,
        operations: [],
        ...settings,
      };
      changed(key);
      return key;
    },
    changed: (key) => changed(key),
    endSession: (id) => void ended.push(id),
    publish(key, operations) {
      key.operations = operations;
      changed(key, true);
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}
