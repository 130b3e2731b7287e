import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { root } from './support/tree.ts';

const lock = {
  packages: {
    '': { name: 'sample' },
    'node_modules/pg': { version: '8.23.0' },
    'node_modules/jest': { version: '30.5.2', dev: true },
    'node_modules/other-platform': { version: '1.0.0', optional: true },
  },
};

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mammon-install-'));
  mkdirSync(join(folder, 'tools'));
  mkdirSync(join(folder, 'patches'));
  cpSync(join(root, 'tools/install.mjs'), join(folder, 'tools/install.mjs'));
  write('package-lock.json', JSON.stringify(lock));
  write('node_modules/patch-package/index.js', "require('fs').writeFileSync('patched', '')");
  // This npm installs by writing down what was asked for.
  program('bin/npm', 'echo "$@" > asked; cp package-lock.json node_modules/.package-lock.json');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the first step of every script', () => {
  test('installs on a fresh clone and says why', () => {
    expect(install()).toEqual({
      status: 0,
      output: 'mammon: running npm ci, because the packages are not installed yet\n',
    });
    expect(existsSync(join(folder, 'patched'))).toBe(true);
  });

  test('does nothing and says nothing when all is there', () => {
    installed(lock.packages);
    install();
    rmSync(join(folder, 'patched'));
    expect(install('--dev')).toEqual({ status: 0, output: '' });
    expect(existsSync(join(folder, 'asked'))).toBe(false);
    expect(existsSync(join(folder, 'patched'))).toBe(false);
  });

  test('patches what an install without scripts left unpatched', () => {
    installed(lock.packages);
    expect(install().status).toBe(0);
    expect(existsSync(join(folder, 'patched'))).toBe(true);
  });

  test('names the package that is out of date', () => {
    installed({ ...lock.packages, 'node_modules/pg': { version: '8.22.0' } });
    expect(install().output).toBe(
      'mammon: running npm ci, because pg 8.23.0 is wanted, 8.22.0 is there\n',
    );
  });

  test('wants development packages for tests only', () => {
    const { 'node_modules/jest': _jest, ...production } = lock.packages;
    installed(production);
    expect(install()).toEqual({ status: 0, output: '' });
    expect(install('--dev').output).toBe(
      'mammon: running npm ci, because jest 30.5.2 is wanted, none is there\n',
    );
    expect(readFileSync(join(folder, 'asked'), 'utf8').trim()).toBe('ci --include=dev');
  });

  test('fails clearly when npm fails', () => {
    program('bin/npm', 'echo "npm error network" >&2; exit 7');
    expect(install()).toEqual({
      status: 1,
      output: expect.stringMatching(
        /^mammon: running.*\nnpm error network\nmammon: npm ci failed/s,
      ),
    });
  });

  test('says what to do when the only Node is too old', () => {
    program('node_modules/.bin/node', 'echo v20.20.2');
    const { status, output } = install();
    expect(status).toBe(1);
    expect(output).toMatch(/Node 24 or later is needed.*v20\.20\.2.*install Node 24/s);
  });
});

function install(...parameters: string[]): { status: number | null; output: string } {
  const result = spawnSync(process.execPath, ['tools/install.mjs', ...parameters], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH']}` },
  });
  return { status: result.status, output: result.stdout + result.stderr };
}

function installed(packages: object): void {
  write('node_modules/.package-lock.json', JSON.stringify({ packages }));
}

function program(file: string, script: string): void {
  write(file, `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, file), 0o755);
}

function write(file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}
