import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';

const supergraphConfig = z.object({
  federation_version: z.string().optional(),
  subgraphs: z.record(
    z.string(),
    z.object({ routing_url: z.url(), schema: z.object({ file: z.string() }) }),
  ),
});

/**
 * Composes the subgraphs that a configuration in rover's format names.
 * @returns the supergraph's SDL
 * @throws Error with every reason why the subgraphs do not fit together
 */
export function composeSupergraph(configFile: string): string {
  const config = supergraphConfig.parse(parseYaml(readFileSync(configFile, 'utf8')));
  const services = Object.entries(config.subgraphs).map(([name, subgraph]) => ({
    name,
    url: subgraph.routing_url,
    typeDefs: parse(readFileSync(join(dirname(resolve(configFile)), subgraph.schema.file), 'utf8')),
  }));
  const result = composeServices(services);
  if (result.errors) {
    throw new Error(result.errors.map((error) => error.message).join('\n'));
  }
  return `${result.supergraphSdl.trim()}\n`;
}

/** `npm run supergraph` writes supergraph.graphql; with --check it only says whether it is stale. */
function main(check: boolean): number {
  const composed = composeSupergraph('supergraph.yaml');
  if (check) {
    if (readFileSync('supergraph.graphql', 'utf8') === composed) return 0;
    process.stderr.write('supergraph.graphql is stale: run npm run supergraph\n');
    return 1;
  }
  writeFileSync('supergraph.graphql', composed);
  process.stdout.write('supergraph.graphql is written\n');
  return 0;
}

if (import.meta.main) {
  try {
    process.exitCode = main(process.argv.includes('--check'));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
