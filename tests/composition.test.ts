import { describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeSupergraph } from '#tools/compose.ts';

describe('the supergraph', () => {
  test('is composed of the schemas as they are now', () => {
    expect(composeSupergraph('supergraph.yaml')).toBe(readFileSync('supergraph.graphql', 'utf8'));
  });

  test('is refused with the reason when two subgraphs contradict each other', () => {
    const folder = mkdtempSync(join(tmpdir(), 'composition-'));
    try {
      const config = ['subgraphs:'];
      for (const [name, type] of [
        ['a', 'Int'],
        ['b', 'String'],
      ]) {
        writeFileSync(join(folder, `${name}.graphql`), `type Query { same: ${type} }`);
        config.push(
          `  ${name}: { routing_url: "http://${name}/", schema: { file: ${name}.graphql } }`,
        );
      }
      const file = join(folder, 'supergraph.yaml');
      writeFileSync(file, config.join('\n'));
      expect(() => composeSupergraph(file)).toThrow(/same/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
