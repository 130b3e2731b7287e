import { Refusal } from '#kit/errors.ts';
import type { Identity } from '#kit/identity.ts';
import { readManifest, type ManifestFormat } from '#kit/operation-manifest.ts';
import { AccountRefusal } from '../domain/account.ts';
import { mostOperations, type ApiKey, type PublishedOperation } from '../domain/api-key.ts';
import { liveKey, type ApiKeyPorts } from './manage-api-keys.ts';

export interface Publication {
  readonly apiKeyId: string | null;
  readonly format: ManifestFormat;
  readonly manifest: string;
  readonly replace: boolean;
}

const mostCharacters = 200_000;
/** How long a publisher waits for a gateway's verdict, and how often it is looked for. */
const patienceMs = 3_000;
const lookEveryMs = 100;

/**
 * Keeps a program's operations with its API key. Gateways see them within a second, check them
 * against the schema that they serve and say so, which this waits for.
 * @throws AccountRefusal API_KEY_NOT_FOUND or INVALID_MANIFEST
 */
export async function publishOperations(
  ports: ApiKeyPorts,
  caller: Identity,
  input: Publication,
): Promise<{ key: ApiKey; operations: readonly PublishedOperation[] }> {
  const key = await publishedFor(ports, caller, input.apiKeyId);
  if (input.manifest.length > mostCharacters) {
    throw invalid(`a manifest has at most ${mostCharacters} characters`);
  }
  if (!input.manifest.isWellFormed() || input.manifest.includes('\0')) {
    throw invalid('the manifest has characters that cannot be kept');
  }
  const read = readOrRefuse(input);
  const operations = read.map((operation): PublishedOperation => ({
    ...operation,
    status: 'UNCHECKED',
    problems: [],
  }));
  const { apiKeys } = ports;
  const version = await apiKeys.publish(key.id, operations, input.replace, mostOperations);
  if (version === null) throw invalid(`a key has at most ${mostOperations} operations`);
  const ids = new Set(read.map(({ id }) => id));
  const published = await awaitVerdict(ports, key.id, ids);
  return { key: { ...key, operationsVersion: version }, operations: published };
}

/** Another key of the same owner may be named by a person, or by a key that may publish. */
async function publishedFor(
  ports: ApiKeyPorts,
  caller: Identity,
  apiKeyId: string | null,
): Promise<ApiKey> {
  const id = apiKeyId ?? caller.apiKeyId;
  if (id === undefined) throw new AccountRefusal('API_KEY_NOT_FOUND', 'apiKeyId is missing');
  if (caller.apiKeyId !== undefined) {
    const own = await ports.apiKeys.get(caller.apiKeyId);
    if (!own?.scopes.includes('publish')) {
      throw new Refusal('FORBIDDEN', 'this API key lacks the scope `publish`');
    }
  }
  return liveKey(ports, caller, id);
}

function readOrRefuse({ format, manifest }: Publication) {
  try {
    return readManifest(format, manifest);
  } catch (error) {
    throw error instanceof Refusal ? invalid(error.message) : error;
  }
}

async function awaitVerdict(
  { apiKeys }: Pick<ApiKeyPorts, 'apiKeys'>,
  id: string,
  ids: ReadonlySet<string>,
): Promise<readonly PublishedOperation[]> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const operations = (await apiKeys.operations(id)).filter((one) => ids.has(one.id));
    const judged = operations.every(({ status }) => status !== 'UNCHECKED');
    if (judged || Date.now() >= until) return operations;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

const invalid = (message: string) => new AccountRefusal('INVALID_MANIFEST', message);
