import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { IConfiguration } from 'dependency-cruiser';

const root = join(import.meta.dirname, '..');

/** A small tree that keeps the law, in which every allowed direction is used. */
const lawful: Readonly<Record<string, readonly string[]>> = {
  'kit/money.ts': ['./errors.ts'],
  'kit/errors.ts': [],
  'kit/log.ts': ['pino'],
  'contracts/orders.ts': ['#kit/money.ts'],
  'fix/session.ts': ['#kit/log.ts'],
  'subgraphs/orders/domain/order.ts': ['#kit/money.ts'],
  'subgraphs/orders/application/ports.ts': ['../domain/order.ts', '#contracts/orders.ts'],
  'subgraphs/orders/adapters/postgres/store.ts': ['../../application/ports.ts'],
  'subgraphs/orders/config.ts': ['#kit/log.ts'],
  'subgraphs/orders/main.ts': ['./config.ts', './adapters/postgres/store.ts'],
  'subgraphs/exchange/domain/execution.ts': ['#kit/money.ts'],
  'subgraphs/exchange/adapters/gateway.ts': ['#fix/session.ts', '../domain/execution.ts'],
  'subgraphs/exchange/main.ts': ['./adapters/gateway.ts', '#fix/session.ts'],
  'gateway/main.ts': ['#kit/log.ts', '#contracts/orders.ts'],
  'venue/main.ts': ['#fix/session.ts', '#kit/log.ts'],
  'stack/main.ts': ['#gateway/main.ts', '#venue/main.ts', '#subgraphs/orders/main.ts'],
  'tools/audit.ts': ['#stack/main.ts', '#subgraphs/orders/config.ts', '#fix/session.ts'],
  'tests/support/services.ts': ['#stack/main.ts'],
  'subgraphs/orders/domain/order.test.ts': ['./order.ts', '#tests/support/services.ts'],
};

/** For each rule a file that breaks it, and the imports that do. */
const planted: Readonly<Record<string, readonly (readonly [file: string, target: string])[]>> = {
  'kit-stands-alone': [['kit/bad.ts', '#contracts/orders.ts']],
  'contracts-know-kit-only': [['contracts/bad.ts', '#gateway/main.ts']],
  'fix-knows-kit-only': [['fix/bad.ts', '#subgraphs/exchange/adapters/gateway.ts']],
  'domain-is-pure': [
    ['subgraphs/orders/domain/bad.ts', '#kit/log.ts'],
    ['subgraphs/orders/domain/bad-too.ts', '../application/ports.ts'],
  ],
  'domain-uses-no-packages': [
    ['subgraphs/orders/domain/bad.ts', 'node:fs'],
    ['subgraphs/orders/domain/bad-too.ts', 'pino'],
  ],
  'application-knows-domain': [
    ['subgraphs/orders/application/bad.ts', '../adapters/postgres/store.ts'],
    ['subgraphs/orders/application/bad-too.ts', '#subgraphs/exchange/domain/execution.ts'],
  ],
  'adapters-know-application': [
    ['subgraphs/orders/adapters/bad.ts', '../config.ts'],
    ['subgraphs/orders/adapters/bad-too.ts', '#fix/session.ts'],
    ['subgraphs/orders/adapters/bad-three.ts', '#subgraphs/exchange/domain/execution.ts'],
  ],
  'exchange-adapters-know-fix': [['subgraphs/exchange/adapters/bad.ts', '#venue/main.ts']],
  'main-wires-its-own-service': [['subgraphs/orders/bad.ts', '#subgraphs/exchange/main.ts']],
  'exchange-main-wires-its-own-service': [
    ['subgraphs/exchange/bad.ts', '#subgraphs/orders/config.ts'],
  ],
  'gateway-knows-no-subgraph': [
    ['gateway/bad.ts', '#subgraphs/orders/domain/order.ts'],
    ['gateway/bad-too.ts', '#fix/session.ts'],
  ],
  'venue-is-the-outside-world': [
    ['venue/bad.ts', '#contracts/orders.ts'],
    ['venue/bad-too.ts', '#subgraphs/exchange/domain/execution.ts'],
  ],
  'stack-starts-programs': [['stack/bad.ts', '#subgraphs/orders/domain/order.ts']],
  'tools-use-programs': [['tools/bad.ts', '#subgraphs/orders/adapters/postgres/store.ts']],
  'tests-reach-their-own-service': [
    ['subgraphs/orders/domain/bad.test.ts', '#subgraphs/exchange/domain/execution.ts'],
    ['subgraphs/orders/tests/bad.ts', '#subgraphs/exchange/domain/execution.ts'],
  ],
  'no-circles': [['kit/errors.ts', './money.ts']],
  'no-orphans': [['kit/bad.ts', '']],
  'no-code-that-only-tests-use': [['subgraphs/orders/domain/bad.ts', '#kit/money.ts']],
  'nothing-unresolvable': [['kit/bad.ts', './nowhere.ts']],
  'product-code-needs-no-dev-package': [['kit/bad.ts', 'fast-check']],
};

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mammon-architecture-'));
  for (const name of ['package.json', '.dependency-cruiser.mjs']) {
    cpSync(join(root, name), join(folder, name));
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const [file, targets] of Object.entries(lawful)) write(file, targets);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the law of dependencies', () => {
  test('a lawful tree passes', async () => {
    expect(await cruise()).toEqual({ status: 0, violations: [] });
  });

  test('there is a plant for every rule', async () => {
    const file: string = join(root, '.dependency-cruiser.mjs');
    const configuration = ((await import(file)) as { default: IConfiguration }).default;
    const rules = (configuration.forbidden ?? []).map((rule) => rule.name ?? 'unnamed');
    expect(Object.keys(planted).toSorted()).toEqual(rules.toSorted());
  });

  test.each(Object.keys(planted))('%s is caught', async (rule) => {
    const plants = planted[rule] ?? [];
    for (const [file, target] of plants) write(file, target ? [target] : []);
    const { status, violations } = await cruise();
    expect(status).not.toBe(0);
    const files = violations.filter((violation) => violation.rule === rule).map(({ from }) => from);
    for (const [file] of plants) expect(files).toContain(file);
  });

  test('an import beyond an `await using` is caught as well', async () => {
    writeFileSync(
      join(folder, 'gateway/main.ts'),
      "export const x = async () => { await using y = await import('#fix/session.ts'); y; };\n",
    );
    const { violations } = await cruise();
    expect(violations).toContainEqual({
      rule: 'gateway-knows-no-subgraph',
      from: 'gateway/main.ts',
      to: 'fix/session.ts',
    });
  });

  test('an import of types alone is caught as well', async () => {
    write('gateway/bad.ts', []);
    writeFileSync(
      join(folder, 'gateway/bad.ts'),
      "import type { x } from '#subgraphs/orders/domain/order.ts';\nexport type Y = x;\n",
    );
    const { status, violations } = await cruise();
    expect(status).not.toBe(0);
    expect(violations).toContainEqual({
      rule: 'gateway-knows-no-subgraph',
      from: 'gateway/bad.ts',
      to: 'subgraphs/orders/domain/order.ts',
    });
  });
});

function write(file: string, targets: readonly string[]): void {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  const imports = targets.map((target, index) => `import * as x${index} from '${target}';`);
  const uses = targets.map((_, index) => `x${index}`).join(', ');
  writeFileSync(path, `${imports.join('\n')}\nexport type x = 1;\nexport const all = [${uses}];\n`);
}

interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

/** Runs what `npm run check` runs. */
function cruise(): Promise<{ status: number; violations: readonly Violation[] }> {
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const parameters = [program, '--config', '.dependency-cruiser.mjs', '.'];
  return new Promise((resolve) => {
    execFile(process.execPath, parameters, { cwd: folder }, (error, stdout) => {
      const lines = stdout.matchAll(/^\s*error (\S+): (\S+)(?: → (\S+))?/gm);
      const violations = [...lines].map(([, rule = '', from = '', to = '']) => ({
        rule,
        from,
        to,
      }));
      resolve({ status: typeof error?.code === 'number' ? error.code : 0, violations });
    });
  });
}
