import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Kind, parse, visit } from 'graphql';
import { files, findLines, read, root } from './support/tree.ts';

const subgraphs = readdirSync(join(root, 'subgraphs')).toSorted();
const code = files(/\.(ts|mjs)$/).filter((file) => !file.endsWith('.generated.ts'));
const isTest = (file: string) => /^(tests|bench)\/|\/tests\/|\.test\.ts$/.test(file);
const product = code.filter((file) => !isTest(file) && !file.startsWith('tools/'));

describe('the shape of the tree', () => {
  const shape = {
    required: ['adapters', 'application', 'config.ts', 'domain', 'main.ts', 'schema.graphql'],
    inside: [
      'application/ports.ts',
      'adapters/graphql/permissions.ts',
      'adapters/graphql/resolvers.ts',
      'adapters/graphql/schema.generated.ts',
      'adapters/postgres',
    ],
    optional: ['tests'],
  };

  test.each(subgraphs)('the subgraph %s has the same files in the same places', (name) => {
    const entries = readdirSync(join(root, 'subgraphs', name)).filter(
      (entry) => !shape.optional.includes(entry) && !entry.endsWith('.test.ts'),
    );
    expect(entries.toSorted()).toEqual(shape.required);
    const missing = shape.inside.filter((path) => !existsSync(join(root, 'subgraphs', name, path)));
    expect(missing).toEqual([]);
  });

  test('files and folders are named in kebab-case', () => {
    const named = files(/\.(ts|mjs|graphql|yaml|yml|sh)$/);
    const odd = named.filter((file) =>
      file.split('/').some((part) => !/^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/.test(part)),
    );
    expect(odd).toEqual([]);
  });

  test('no file of code is longer than 300 lines, no test than 400', () => {
    const long = code
      .map((file) => ({ file, lines: read(file).trimEnd().split('\n').length }))
      .filter(({ file, lines }) => lines > (isTest(file) ? 400 : 300));
    expect(long).toEqual([]);
  });
});

describe('the code', () => {
  test('reads the environment in config files, tests and tools only', () => {
    const others = product.filter((file) => !/(^|\/)config\.ts$/.test(file));
    expect(findLines(others, /process\.env\b/)).toEqual([]);
    const inner = others.filter((file) => !/(^|\/)main\.ts$/.test(file));
    expect(findLines(inner, /import .*\benvironment\b.* from '#kit\/config\.ts'/)).toEqual([]);
  });

  test('keeps floats away from money', () => {
    const rules = code.filter((file) => /^(subgraphs\/[^/]+\/domain\/|kit\/money\.ts)/.test(file));
    const cases = code.filter((file) => /^subgraphs\/[^/]+\/application\//.test(file));
    const floats = /\bparseFloat\b|\.toFixed\(|\bMath\.(round|floor|ceil|trunc)\(/;
    expect(rules).toContain('kit/money.ts');
    expect(
      findLines(
        [...rules, ...cases].filter((file) => !isTest(file)),
        floats,
      ),
    ).toEqual([]);
    expect(
      findLines(
        rules.filter((file) => !isTest(file)),
        /\bNumber\(/,
      ),
    ).toEqual([]);
  });

  test('opens no way around the compiler and the linter', () => {
    const own = code.filter((file) => file !== 'tests/tidy.test.ts');
    const ways = /@ts-(ignore|nocheck|expect-error)|\bas any\b|: any\b|(eslint|oxlint)-disable/;
    expect(findLines(own, ways)).toEqual([]);
    expect(findLines(product, /\bconsole\./)).toEqual([]);
  });

  test('leaves nothing for later', () => {
    const own = code.filter((file) => file !== 'tests/tidy.test.ts');
    const hits = own.flatMap((file) =>
      read(file)
        .split('\n')
        .filter((line) => /\b(TODO|FIXME|HACK)\b/.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    );
    expect(hits).toEqual([]);
    expect(
      findLines(
        files(/\.test\.ts$/).filter((file) => own.includes(file)),
        /\b(test|describe|it)\.only\(/,
      ),
    ).toEqual([]);
  });
});

describe('the contract', () => {
  test.each(subgraphs)('%s describes every type, field, argument and value', (name) => {
    expect(undescribed(read(`subgraphs/${name}/schema.graphql`))).toEqual([]);
  });

  test('a schema that describes nothing is noticed', () => {
    const sdl = 'enum E { A }  input I { x: Int }  type Query { a(b: Int): Int }  scalar S';
    expect(undescribed(sdl)).toEqual(['E', 'A', 'I', 'x', 'a', 'b', 'S']);
  });
});

describe('what people read', () => {
  test('.env.example lists every variable of the programs, and no other', async () => {
    const configs = files(
      /^(subgraphs\/[^/]+|gateway|venue|stack|kit|tools)\/(config|platform|trace-export)\.ts$/,
    );
    const variables = new Set<string>();
    for (const file of configs) {
      const module = (await import(join(root, file))) as Record<string, unknown>;
      const settings = module['settings'] ?? module['platformSettings'];
      if (settings) Object.keys(settings).forEach((name) => variables.add(name));
      else expect(file).toBe('kit/config.ts'); // every other config exports its settings
    }
    const listed = [...read('.env.example').matchAll(/^#?\s?([A-Z][A-Z0-9_]+)=/gm)].map(
      ([, name]) => name,
    );
    expect(listed.toSorted()).toEqual([...variables].toSorted());
  });

  test('the documentation names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const unknown = files(/\.md$/).flatMap((file) =>
      [...read(file).matchAll(/\bnpm (?:run )?([a-z][a-z0-9:-]*)/g)]
        .map(([, name = '']) => name)
        .filter((name) => !npmItself.has(name) && !Object.hasOwn(scripts, name))
        .map((name) => `${file}: npm ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  test('every script runs a file that exists', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const missing = Object.entries(scripts).flatMap(([name, command]) =>
      [...command.matchAll(/\S+\.(?:ts|mjs|js)\b/g)]
        .filter(([file]) => !existsSync(join(root, file)))
        .map(([file]) => `${name}: ${file}`),
    );
    expect(missing).toEqual([]);
  });

  test('watching.md names every metric, and alerts only those that exist', () => {
    const declared = product.flatMap((file) =>
      [...read(file).matchAll(/\b(?:counter|gauge|watchedGauge|histogram)\(\s*'(\w+)'/g)].map(
        ([, name = '']) => name,
      ),
    );
    const told = [...read('docs/watching.md').matchAll(/^\| `((?:mammon|http)_\w+)` /gm)];
    expect(told.map(([, name]) => name).toSorted()).toEqual(declared.toSorted());
    const asked = [...read('deploy/alerts.yml').matchAll(/\bmammon_[a-z_]+/g)].map(([name]) =>
      name.replace(/_(count|sum|bucket)$/, ''),
    );
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((name) => !declared.includes(name))).toEqual([]);
  });

  test('operations.md says of every alert where to look', () => {
    const alerts = [...read('deploy/alerts.yml').matchAll(/- alert: (\w+)/g)].map(
      ([, name]) => name,
    );
    const page = read('docs/operations.md');
    expect(alerts.filter((name) => !new RegExp(`^\\| [^|]*\\b${name}\\b`, 'm').test(page))).toEqual(
      [],
    );
  });

  test('every counter whose increase is an alert stands at 0 from the start', () => {
    const counted = [...read('deploy/alerts.yml').matchAll(/increase\((mammon_\w+)/g)];
    expect(counted.length).toBeGreaterThan(0);
    const late = counted
      .map(([, name]) => name)
      .filter((name) => {
        const file = product.find((path) => read(path).includes(`counter(\n  '${name}'`));
        return !file || !/^startAtZero\(/m.test(read(file));
      });
    expect(late).toEqual([]);
  });

  test('the links of the documentation lead somewhere', () => {
    const broken = files(/\.md$/).flatMap((file) =>
      [...read(file).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !existsSync(join(root, file, '..', target)))
        .map((target) => `${file}: ${target}`),
    );
    expect(broken).toEqual([]);
  });

  test('no file names a package registry or a folder of this machine', () => {
    expect(read('package-lock.json')).not.toMatch(/"resolved":/);
    const registry = process.env['npm_config_registry'];
    const ours = [['registry', 'npmjs', 'org'].join('.'), `${root}/`];
    if (registry) ours.push(new URL(registry).host);
    const small = files().filter((file) => statSync(join(root, file)).size < 2_000_000);
    const hits = small.filter((file) => ours.some((text) => read(file).includes(text)));
    expect(hits).toEqual([]);
  });
});

const npmItself = new Set(['ci', 'install', 'test', 'start', 'package', 'packages', 'scripts']);

/** The names of what has no description. Root operation types describe themselves. */
function undescribed(sdl: string): string[] {
  const found: string[] = [];
  const rootTypes = ['Query', 'Mutation', 'Subscription'];
  visit(parse(sdl), {
    enter(node) {
      if (!node.kind.endsWith('Definition') || node.kind === Kind.DIRECTIVE_DEFINITION) return;
      if (!('name' in node) || !node.name || rootTypes.includes(node.name.value)) return;
      if (!('description' in node) || !node.description?.value.trim()) found.push(node.name.value);
    },
  });
  return found;
}
