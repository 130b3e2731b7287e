import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codegen } from '@graphql-codegen/core';
import * as typescript from '@graphql-codegen/typescript';
import * as resolvers from '@graphql-codegen/typescript-resolvers';
import { type DocumentNode, Kind, parse, type ObjectTypeDefinitionNode } from 'graphql';

const root = join(import.meta.dirname, '..');
const header = `// Made by \`npm run generate\` from schema.graphql; types only, so it vanishes at run time.
import type { SubgraphContext } from '#kit/subgraph-context.ts';
`;

/**
 * Writes subgraphs/NAME/adapters/graphql/schema.generated.ts from each schema.graphql; with
 * `--check` only compares and ends with status 1 when one is stale.
 */
async function main(check: boolean): Promise<void> {
  const stale: string[] = [];
  for (const name of readdirSync(join(root, 'subgraphs')).toSorted()) {
    const folder = join(root, 'subgraphs', name);
    const target = join(folder, 'adapters/graphql/schema.generated.ts');
    if (!existsSync(join(folder, 'schema.graphql'))) continue;
    const text = await generateTypes(folder);
    if (existsSync(target) && readFileSync(target, 'utf8') === text) continue;
    stale.push(`subgraphs/${name}`);
    if (!check) writeFileSync(target, text);
  }
  if (stale.length === 0) return;
  if (!check) {
    process.stdout.write(`wrote the types of ${stale.join(', ')}\n`);
    return;
  }
  process.stdout.write(`stale: ${stale.join(', ')}; run \`npm run generate\`\n`);
  process.exitCode = 1;
}

/** The resolver types of one subgraph, as the text of a module. */
export async function generateTypes(folder: string): Promise<string> {
  const schema = parse(readFileSync(join(folder, 'schema.graphql'), 'utf8'));
  const types = await codegen({
    filename: 'schema.generated.ts',
    schema,
    documents: [],
    plugins: [{ typescript: {} }, { resolvers: {} }],
    pluginMap: { typescript, resolvers },
    config: {
      federation: true,
      useTypeImports: true,
      enumsAsTypes: true,
      immutableTypes: true,
      showUnusedMappers: false,
      contextType: 'SubgraphContext',
      defaultScalarType: 'string',
      scalars: { ID: 'string', DateTime: { input: 'string', output: 'Date | string' } },
      mappers: mappersOf(schema, folder),
    },
  });
  return header + types;
}

/**
 * What resolvers pass on for a type. `models.ts` beside the generated file may export `OrderModel`
 * for Order; else an entity is its key and whatever else is known, since its fields have resolvers.
 */
function mappersOf(schema: DocumentNode, folder: string): Record<string, string> {
  const models = join(folder, 'adapters/graphql/models.ts');
  const source = existsSync(models) ? readFileSync(models, 'utf8') : '';
  const mappers: Record<string, string> = {};
  for (const type of schema.definitions) {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
    const name = type.name.value;
    const key = keyOf(type);
    if (new RegExp(`^export (?:interface|type) ${name}Model\\b`, 'm').test(source)) {
      mappers[name] = `./models.ts#${name}Model`;
    } else if (key) {
      mappers[name] = `Partial<{T}> & Pick<{T}, ${key.map((field) => `'${field}'`).join(' | ')}>`;
    }
  }
  return mappers;
}

function keyOf(type: ObjectTypeDefinitionNode): string[] | undefined {
  const key = type.directives?.find((directive) => directive.name.value === 'key');
  const fields = key?.arguments?.find((argument) => argument.name.value === 'fields')?.value;
  if (fields?.kind !== Kind.STRING || fields.value.includes('{')) return undefined;
  return fields.value.trim().split(/\s+/);
}

if (import.meta.main) await main(process.argv.includes('--check'));
