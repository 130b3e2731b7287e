import { createHash } from 'node:crypto';
import {
  Kind,
  parse,
  print,
  visit,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
} from 'graphql';
import { z } from 'zod';
import { Refusal } from './errors.ts';

export type ManifestFormat = 'APOLLO' | 'RELAY' | 'GRAPHQL';

export interface ManifestOperation {
  readonly id: string;
  readonly name: string | null;
  readonly body: string;
}

const bodyTokens = 15_000;

const apolloManifest = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string(), body: z.string() })),
});
const relayManifest = z.record(z.string(), z.string());

/**
 * Reads a manifest of operations, in any of the forms that clients' compilers write.
 * @throws Refusal INVALID_MANIFEST, saying where
 */
export function readManifest(format: ManifestFormat, text: string): readonly ManifestOperation[] {
  const operations = readForm(format, text);
  if (operations.length === 0) throw invalid('the manifest has no operation');
  const ids = new Set<string>();
  for (const { id } of operations) {
    if (id === '' || id.length > 200 || !id.isWellFormed() || id.includes('\0')) {
      throw invalid('an id has 1 to 200 characters');
    }
    if (ids.has(id)) throw invalid(`the id ${id} is there twice`);
    ids.add(id);
  }
  return operations;
}

/** The SHA-256 of a text, in hexadecimal. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The same text for documents that differ in white space or in the order of definitions only. */
export const canonicalText = (document: DocumentNode): string =>
  document.definitions.map(print).toSorted().join('\n');

function readForm(format: ManifestFormat, text: string): readonly ManifestOperation[] {
  switch (format) {
    case 'APOLLO':
      return check(apolloManifest, text).operations.map(({ id, body }) => operation(id, body));
    case 'RELAY':
      return Object.entries(check(relayManifest, text)).map(([id, body]) => operation(id, body));
    case 'GRAPHQL':
      return splitDocument(text);
  }
}

function check<Schema extends z.ZodType>(schema: Schema, text: string): z.infer<Schema> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw invalid('the manifest is not JSON');
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw invalid(`${issue?.path.join('.') || 'the manifest'}: ${issue?.message}`);
}

function operation(id: string, body: string): ManifestOperation {
  const operations = parseBody(id, body).definitions.filter(isOperation);
  const [only] = operations;
  if (!only || operations.length > 1) throw invalid(`${id}: a body has exactly one operation`);
  return { id, name: only.name?.value ?? null, body };
}

/** Each operation with the fragments that it uses; one alone in its document keeps its text. */
function splitDocument(text: string): readonly ManifestOperation[] {
  const document = parseBody('the document', text);
  const fragments = new Map(
    document.definitions.filter(isFragment).map((fragment) => [fragment.name.value, fragment]),
  );
  const operations = document.definitions.filter(isOperation);
  if (operations.length === 1) {
    return [{ id: sha256(text), name: operations[0]?.name?.value ?? null, body: text }];
  }
  return operations.map((one) => {
    if (!one.name) throw invalid('every operation needs a name where there are several');
    const body = [one, ...usedBy(one, fragments)].map(print).join('\n\n');
    return { id: sha256(body), name: one.name.value, body };
  });
}

function usedBy(
  one: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): readonly FragmentDefinitionNode[] {
  const used = new Set<FragmentDefinitionNode>();
  const collect = (node: OperationDefinitionNode | FragmentDefinitionNode) => {
    visit(node, {
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value);
        if (!fragment || used.has(fragment)) return;
        used.add(fragment);
        collect(fragment);
      },
    });
  };
  collect(one);
  return [...used];
}

function parseBody(where: string, text: string): DocumentNode {
  try {
    return parse(text, { maxTokens: bodyTokens, noLocation: true });
  } catch (error) {
    throw invalid(`${where}: ${error instanceof Error ? error.message : 'cannot be parsed'}`);
  }
}

const isOperation = (node: { readonly kind: string }): node is OperationDefinitionNode =>
  node.kind === Kind.OPERATION_DEFINITION;
const isFragment = (node: { readonly kind: string }): node is FragmentDefinitionNode =>
  node.kind === Kind.FRAGMENT_DEFINITION;

const invalid = (message: string) => new Refusal('INVALID_MANIFEST', message);
