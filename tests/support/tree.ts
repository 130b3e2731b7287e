import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** Every file of the repository, committed or about to be, without what git ignores. */
export function files(pattern?: RegExp): string[] {
  const list = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
  });
  const present = list.split('\0').filter((file) => file !== '' && existsSync(join(root, file)));
  return [...new Set(present)].filter((file) => pattern?.test(file) ?? true);
}

export function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** `file:line: text` of each line of the files that matches; comments do not count. */
export function findLines(among: readonly string[], pattern: RegExp): string[] {
  return among.flatMap((file) =>
    read(file)
      .split('\n')
      .flatMap((line, index) => {
        const code = line.replace(/^\s*(\/\*\*|\*|\/\/).*|\s\/\/ .*/, '');
        return pattern.test(code) ? [`${file}:${index + 1}: ${line.trim()}`] : [];
      }),
  );
}
