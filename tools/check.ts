import { spawn } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const binaries = join(root, 'node_modules/.bin');

type Step = readonly [name: string, program: string, ...parameters: string[]];

/** The one static gate. A step prints its output only when it fails. */
const steps: readonly Step[] = [
  ['format', 'oxfmt', '--check', '.'],
  ['lint', 'oxlint', '--deny-warnings'],
  ['types', 'tsc', '--noEmit'],
  ['architecture', 'depcruise', '--config', '.dependency-cruiser.mjs', '.'],
  ['generated types', process.execPath, 'tools/generate.ts', '--check'],
  ['supergraph', process.execPath, 'tools/compose.ts', '--check'],
];

let failures = 0;
for (const [name, program, ...parameters] of steps) {
  const start = performance.now();
  const { passed, output } = await run(program, parameters);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  process.stdout.write(`${passed ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)\n`);
  if (passed) continue;
  failures += 1;
  process.stdout.write(`${output.trimEnd()}\n\n`);
}
if (failures > 0) process.exitCode = 1;

async function run(program: string, parameters: readonly string[]) {
  const file = program.includes('/') ? program : join(binaries, program);
  const child = spawn(file, parameters, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const passed = await new Promise<boolean>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code === 0));
  });
  return { passed, output };
}
