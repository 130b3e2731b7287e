import { parse } from 'graphql';
import { canonicalText, sha256, type ManifestOperation } from '#kit/operation-manifest.ts';

/** Operations that somebody may send by their id. */
export interface OperationList {
  readonly operations: readonly ManifestOperation[];
  /** Its body, by its own id or by the SHA-256 of its body. */
  find(id: string): string | undefined;
  /** Whether a text is one of them, whatever its white space. */
  has(text: string): boolean;
}

const rememberedTexts = 2_000;
const maxTokens = 15_000;

export function createOperationList(operations: readonly ManifestOperation[]): OperationList {
  const byId = new Map<string, string>();
  for (const { body } of operations) byId.set(sha256(body), body);
  for (const { id, body } of operations) byId.set(id, body);
  const bodies = new Set(operations.map(({ body }) => body));
  let canonical: Set<string> | undefined;
  const judged = new Map<string, boolean>();
  return {
    operations,
    find: (id) => byId.get(id),
    has(text) {
      if (bodies.has(text)) return true;
      // By its hash: what does not belong here may be long.
      const textHash = sha256(text);
      const known = judged.get(textHash);
      if (known !== undefined) return known;
      canonical ??= new Set(operations.map(({ body }) => canonicalHash(body) ?? ''));
      const hash = canonicalHash(text);
      const isListed = hash !== undefined && canonical.has(hash);
      if (judged.size >= rememberedTexts) judged.clear();
      judged.set(textHash, isListed);
      return isListed;
    },
  };
}

export const emptyList: OperationList = createOperationList([]);

function canonicalHash(text: string): string | undefined {
  try {
    return sha256(canonicalText(parse(text, { noLocation: true, maxTokens })));
  } catch {
    return undefined; // What cannot be parsed is on no list.
  }
}
