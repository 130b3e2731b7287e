import { sha256 } from '#kit/operation-manifest.ts';
import type { OperationLevel } from '../api-keys/key.ts';
import type { GatewayContext } from '../caller.ts';
import { fault } from '../errors.ts';
import { isObject } from '../executor/subgraph-answer.ts';
import type { Parameters } from '../http-parameters.ts';
import type { AutomaticStore } from './automatic-store.ts';
import { emptyList, type OperationList } from './operation-list.ts';

export interface PersistedQueries {
  /**
   * Puts the text where a request has an id only, and refuses what a partner's key may not send.
   * @throws GraphQLError PERSISTED_QUERY_NOT_FOUND (register it), PERSISTED_QUERY_NOT_IN_LIST,
   *   QUERY_NOT_IN_SAFELIST, PERSISTED_QUERY_ID_REQUIRED or BAD_REQUEST
   */
  resolve(parameters: Parameters, context: GatewayContext): Parameters;
}

export interface PersistedQuerySettings {
  readonly automatic: AutomaticStore;
  /** Of everybody: the operations of the folder. */
  common(): OperationList;
  /** Of one key. */
  of(key: string): OperationList | undefined;
  /** The least that is asked of every key. */
  readonly level: OperationLevel;
  /** A key sent an operation that is not published. */
  onUnpublished(key: string): void;
}

const levels: readonly OperationLevel[] = ['LOG', 'SAFELIST', 'REQUIRE_ID'];
const hashPattern = /^[0-9a-f]{64}$/;

export function createPersistedQueries(settings: PersistedQuerySettings): PersistedQueries {
  const { automatic, common, of } = settings;

  function byId(id: string, context: GatewayContext): string {
    const { key } = context;
    const text = (key && of(key.id)?.find(id)) ?? common().find(id);
    if (text !== undefined) return text;
    if (key) {
      throw fault('PERSISTED_QUERY_NOT_IN_LIST', 'no operation with this id was published', {
        status: 400,
      });
    }
    const registered = hashPattern.test(id) ? automatic.get(id) : undefined;
    if (registered !== undefined) return registered;
    // Clients of automatic persisted queries go by this message too.
    throw fault('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound', { status: 200 });
  }

  function checkText(text: string, key: NonNullable<GatewayContext['key']>): void {
    const level = levels[Math.max(levels.indexOf(settings.level), levels.indexOf(key.level))];
    if (level === 'REQUIRE_ID') {
      throw fault('PERSISTED_QUERY_ID_REQUIRED', 'this API key sends operations by id only', {
        status: 400,
      });
    }
    if ((of(key.id) ?? emptyList).has(text) || common().has(text)) return;
    if (level === 'SAFELIST') {
      throw fault('QUERY_NOT_IN_SAFELIST', 'this operation was not published for this API key', {
        status: 400,
      });
    }
    settings.onUnpublished(key.id);
  }

  return {
    resolve(parameters, context) {
      const { query, documentId, extensions, ...rest } = parameters;
      const text = typeof query === 'string' && query !== '' ? query : undefined;
      if (documentId === undefined && extensions === undefined && !context.key) return parameters;
      const asked = readId(documentId, extensions);
      if (text === undefined) {
        if (!asked) return parameters;
        const body = byId(asked.id, context);
        return { ...rest, ...asked.extensions, query: body };
      }
      if (context.key) checkText(text, context.key);
      if (!asked) return parameters;
      if (asked.isHash && sha256(text) !== asked.id) {
        throw fault('BAD_REQUEST', 'the hash is not that of the query', { status: 400 });
      }
      if (asked.isHash && !context.key) automatic.set(asked.id, text);
      return { ...rest, ...asked.extensions, query: text };
    },
  };
}

interface AskedId {
  readonly id: string;
  /** Whether the id is the text's SHA-256, which a text beside it must have. */
  readonly isHash: boolean;
  /** The extensions without the id, which Apollo Server would look up itself. */
  readonly extensions: { readonly extensions?: unknown };
}

/** The id of `documentId` (GraphQL over HTTP, appendix A) or of Apollo's extension. */
function readId(documentId: unknown, extensions: unknown): AskedId | undefined {
  const without = isObject(extensions) ? withoutId(extensions) : extensions;
  const kept = without === undefined ? {} : { extensions: without };
  if (documentId != null) {
    if (typeof documentId !== 'string') throw malformed('documentId is a string');
    const isHash = documentId.startsWith('sha256:');
    const id = isHash ? documentId.slice('sha256:'.length) : documentId;
    if (isHash && !hashPattern.test(id)) {
      throw malformed('documentId is `sha256:` and 64 hexadecimal digits in lower case');
    }
    return { id, isHash, extensions: kept };
  }
  const persisted = isObject(extensions) ? extensions['persistedQuery'] : undefined;
  if (persisted == null) return undefined;
  if (!isObject(persisted) || typeof persisted['sha256Hash'] !== 'string') {
    throw malformed('extensions.persistedQuery is { version: 1, sha256Hash }');
  }
  if (persisted['version'] !== 1) throw malformed('extensions.persistedQuery.version must be 1');
  return { id: persisted['sha256Hash'], isHash: true, extensions: kept };
}

function withoutId({ persistedQuery: _id, ...rest }: Readonly<Record<string, unknown>>) {
  return Object.keys(rest).length === 0 ? undefined : rest;
}

const malformed = (message: string) => fault('BAD_REQUEST', message, { status: 400 });
