import type { ManifestOperation } from '#kit/operation-manifest.ts';
import type { Logger } from '#kit/log.ts';
import type { CheckOperation } from './check-operation.ts';
import { readFolder, type FolderOperations } from './folder.ts';
import { createOperationList, emptyList, type OperationList } from './operation-list.ts';

/** The trusted documents in force: those of each key, and those of the folder for everybody. */
export interface Published {
  common(): OperationList;
  of(key: string): OperationList | undefined;
  /** Takes what users keeps for a key; `version` goes with the verdict. */
  setKey(key: string, version: number, operations: readonly ManifestOperation[]): void;
  removeKey(key: string): void;
  /** Checks all of them against the supergraph in force; what breaks is reported. */
  recheck(): void;
  close(): void;
}

export interface PublishedSettings {
  readonly check: CheckOperation;
  /** Tells users what was found of a key's operations. */
  report(
    key: string,
    version: number,
    verdicts: Readonly<Record<string, readonly string[]>>,
  ): Promise<void>;
  /** Undefined: there is none. */
  readonly folder: string | undefined;
  readonly everyMs: number;
  readonly logger: Logger;
}

interface KeyOperations {
  readonly version: number;
  readonly list: OperationList;
}

const pause = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms).unref());
const folderKey = '';
/** Of a report: users takes twice as much. */
const mostCharacters = 1_000_000;
const longestShort = 200;
const reportAgainMs = { first: 1_000, last: 30_000 };

/** @throws Error when the folder cannot be read */
export async function openPublished(settings: PublishedSettings): Promise<Published> {
  const { check, folder, everyMs, logger } = settings;
  const byKey = new Map<string, KeyOperations>();
  const merged = new Map<string, OperationList>();
  const waiting = new Set<string>();
  const latest = new Map<string, Readonly<Record<string, readonly string[]>>>();
  let files: FolderOperations | undefined;
  let common = emptyList;
  let working: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function takeFolder(found: FolderOperations): void {
    files = found;
    common = createOperationList(found.common);
    merged.clear();
    for (const [file, why] of Object.entries(found.problems)) {
      logger.error({ file, why }, 'a manifest of operations was refused');
    }
    queue(folderKey);
    for (const key of found.byKey.keys()) queue(key);
  }

  function queue(key: string): void {
    waiting.add(key);
    working ??= work().finally(() => (working = undefined));
  }

  async function work(): Promise<void> {
    for (const key of waiting) {
      if (closed) return;
      waiting.delete(key);
      await judge(key);
    }
  }

  /** Planning takes milliseconds each, so that requests get their turn in between. */
  async function judge(key: string): Promise<void> {
    const told = byKey.get(key);
    const list = key === folderKey ? common : listOf(key);
    const verdicts: Record<string, readonly string[]> = {};
    for (const { id, name, body } of list?.operations ?? []) {
      const problems = check(body);
      verdicts[id] = problems;
      if (problems.length > 0) {
        logger.warn({ key, id, name, problems }, 'a published operation is broken');
      }
      await new Promise((resolve) => setImmediate(resolve));
      if (closed) return;
    }
    if (told && byKey.get(key) === told) void report(key, told, verdicts);
  }

  /** Tells users until it has heard, or there is another verdict; other keys do not wait for it. */
  async function report(
    key: string,
    { version, list }: KeyOperations,
    verdicts: Readonly<Record<string, readonly string[]>>,
  ): Promise<void> {
    latest.set(key, verdicts);
    const own = bounded(
      Object.fromEntries(list.operations.map(({ id }) => [id, verdicts[id] ?? []])),
    );
    let againMs = reportAgainMs.first;
    while (latest.get(key) === verdicts) {
      try {
        return await settings.report(key, version, own);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        logger.warn({ key, why, againMs }, 'users did not hear of a key’s operations');
        await pause(againMs);
        againMs = Math.min(againMs * 2, reportAgainMs.last);
      }
    }
  }

  function listOf(key: string): OperationList | undefined {
    const told = byKey.get(key)?.list;
    const filed = files?.byKey.get(key);
    if (!filed) return told;
    let both = merged.get(key);
    if (!both) {
      both = createOperationList([...filed, ...(told?.operations ?? [])]);
      merged.set(key, both);
    }
    return both;
  }

  async function lookAtFolder(path: string): Promise<void> {
    try {
      const found = await readFolder(path);
      if (found.fingerprint !== files?.fingerprint) takeFolder(found);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      logger.warn({ folder: path, why }, 'the folder of operations cannot be read; they stay');
    }
    if (closed) return;
    timer = setTimeout(() => void lookAtFolder(path), everyMs);
    timer.unref();
  }

  if (folder !== undefined) {
    takeFolder(await readFolder(folder));
    await lookAtFolder(folder);
  }
  return {
    common: () => common,
    of: listOf,
    setKey(key, version, operations) {
      byKey.set(key, { version, list: createOperationList(operations) });
      merged.delete(key);
      queue(key);
    },
    removeKey(key) {
      byKey.delete(key);
      merged.delete(key);
      latest.delete(key);
    },
    recheck() {
      queue(folderKey);
      for (const key of new Set([...byKey.keys(), ...(files?.byKey.keys() ?? [])])) queue(key);
    },
    close() {
      closed = true;
      latest.clear();
      clearTimeout(timer);
    },
  };
}

/** Where very many operations break, users hears the first problem of each, or it could not listen. */
function bounded(
  verdicts: Readonly<Record<string, readonly string[]>>,
): Readonly<Record<string, readonly string[]>> {
  if (JSON.stringify(verdicts).length <= mostCharacters) return verdicts;
  return Object.fromEntries(
    Object.entries(verdicts).map(([id, problems]) => [
      id,
      problems.slice(0, 1).map((problem) => problem.slice(0, longestShort)),
    ]),
  );
}
