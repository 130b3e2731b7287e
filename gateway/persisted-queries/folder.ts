import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { idPattern } from '#kit/ids.ts';
import {
  readManifest,
  sha256,
  type ManifestFormat,
  type ManifestOperation,
} from '#kit/operation-manifest.ts';

/** The operations of a folder, and of its folders that are named by an API key's id. */
export interface FolderOperations {
  readonly common: readonly ManifestOperation[];
  readonly byKey: ReadonlyMap<string, readonly ManifestOperation[]>;
  /** What is wrong, by file. */
  readonly problems: Readonly<Record<string, string>>;
  /** Changes with the files. */
  readonly fingerprint: string;
}

/**
 * Reads every manifest: .json in Apollo's or Relay's form, .graphql as a document. A file that
 * cannot be read is reported, and the others count.
 * @throws Error when the folder itself cannot be read
 */
export async function readFolder(folder: string): Promise<FolderOperations> {
  const problems: Record<string, string> = {};
  const texts: string[] = [];
  const byKey = new Map<string, readonly ManifestOperation[]>();

  async function readFiles(path: string): Promise<readonly ManifestOperation[]> {
    const found = new Map<string, ManifestOperation>();
    const entries = await readdir(path, { withFileTypes: true });
    for (const { name } of entries.filter((entry) => entry.isFile()).toSorted(byName)) {
      const form = /\.(json|graphql|gql)$/.exec(name)?.[1];
      if (!form) continue;
      const file = join(path, name);
      const text = await readFile(file, 'utf8');
      texts.push(file, text);
      try {
        const operations = readManifest(form === 'json' ? formOf(text) : 'GRAPHQL', text);
        for (const operation of operations) found.set(operation.id, operation);
      } catch (error) {
        problems[file] = error instanceof Error ? error.message : String(error);
      }
    }
    return [...found.values()];
  }

  const common = await readFiles(folder);
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.toSorted(byName)) {
    if (entry.isDirectory() && idPattern.test(entry.name)) {
      byKey.set(entry.name, await readFiles(join(folder, entry.name)));
    }
  }
  return { common, byKey, problems, fingerprint: sha256(JSON.stringify(texts)) };
}

const byName = (a: { readonly name: string }, b: { readonly name: string }) =>
  a.name < b.name ? -1 : 1;

const formOf = (text: string): ManifestFormat =>
  text.includes('"apollo-persisted-query-manifest"') ? 'APOLLO' : 'RELAY';
