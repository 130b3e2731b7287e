import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { root } from './support/tree.ts';

const sdl = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  scalar DateTime
  enum Side { BUY SELL }
  type Order @key(fields: "id") { id: ID!  side: Side!  user: User!  createdAt: DateTime! }
  type User @key(fields: "id") { id: ID!  orders: [Order!]! }
  type Query { orders: [Order!]! }
`;

let folder: string;
let adapters: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mammon-generate-'));
  adapters = join(folder, 'subgraphs/sample/adapters/graphql');
  mkdirSync(adapters, { recursive: true });
  cpSync(join(root, 'tools/generate.ts'), join(folder, 'tools/generate.ts'));
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'subgraphs/sample/schema.graphql'), sdl);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the generated types', () => {
  test('are stale until they are made, and again after the schema changes', () => {
    expect(generate('--check').status).toBe(1);
    expect(generate()).toEqual({ status: 0, output: 'wrote the types of subgraphs/sample\n' });
    expect(generate('--check')).toEqual({ status: 0, output: '' });
    appendFileSync(join(folder, 'subgraphs/sample/schema.graphql'), 'scalar Late');
    expect(generate('--check')).toEqual({
      status: 1,
      output: 'stale: subgraphs/sample; run `npm run generate`\n',
    });
  });

  test('let a resolver pass on an entity by its key, or by a model of its own', () => {
    writeFileSync(
      join(adapters, 'models.ts'),
      'export interface OrderModel { readonly id: string }\n',
    );
    generate();
    const types = readFileSync(join(adapters, 'schema.generated.ts'), 'utf8');
    expect(types).toContain("import type { OrderModel } from './models.ts';");
    expect(types).toContain('Order: ResolverTypeWrapper<OrderModel>;');
    expect(types).toMatch(/User: ResolverTypeWrapper<Partial<.*> & Pick<.*, 'id'>>;/);
  });

  test('vanish at run time', () => {
    generate();
    const types = readFileSync(join(adapters, 'schema.generated.ts'), 'utf8');
    expect(types).not.toMatch(/^\s*(export )?(enum|const|class|function|import (?!type))/m);
  });
});

function generate(...parameters: string[]): { status: number | null; output: string } {
  const result = spawnSync(process.execPath, ['tools/generate.ts', ...parameters], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status: result.status, output: result.stdout + result.stderr };
}
