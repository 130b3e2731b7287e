import { accessSync, chmodSync, constants, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError } from '#kit/config.ts';
import { isReachableByNobody, isRoot } from './postgres-binaries.ts';

/**
 * Makes local mode's folder, where it is missing.
 * @throws ConfigError when it cannot be used
 */
export function openDataDir(dataDir: string): void {
  if (isRoot() && !isReachableByNobody(dataDir)) {
    throw new ConfigError(
      `PostgreSQL cannot run as root, and the user nobody cannot enter ${dataDir}: set DATA_DIR ` +
        'to a folder that everybody may enter, such as one below /var/lib',
    );
  }
  try {
    const first = mkdirSync(dataDir, { recursive: true });
    if (first && isRoot()) openToNobody(first, dataDir);
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`the data folder cannot be used (${why}): set DATA_DIR to another`);
  }
}

/** Root's umask may be strict; what we make ourselves, we open. */
function openToNobody(first: string, last: string): void {
  for (let folder = last; ; folder = dirname(folder)) {
    chmodSync(folder, 0o755);
    if (folder === first || folder === dirname(folder)) return;
  }
}
