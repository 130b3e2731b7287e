import { closeSync, existsSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Request } from './requests.ts';

/** A request with what the ledger answered; undefined while nobody was told. */
export interface Entry {
  readonly request: Request;
  answer: string | undefined;
}

/**
 * What a poster knows for sure: every request is on the disk before it is sent, and its answer once
 * it is known. Whoever comes after a kill reads what was asked and what was acknowledged.
 */
export function openJournal(file: string) {
  const entries = readJournal(file);
  const descriptor = openSync(file, 'a');
  const write = (line: object) => {
    writeSync(descriptor, `${JSON.stringify(line)}\n`);
    fdatasyncSync(descriptor);
  };
  return {
    entries,
    /** @returns the number by which it is acknowledged */
    ask(request: Request): number {
      write({ request });
      return entries.push({ request, answer: undefined }) - 1;
    },
    acknowledge(number: number, answer: string): void {
      write({ number, answer });
      const entry = entries[number];
      if (entry) entry.answer = answer;
    },
    close: () => closeSync(descriptor),
  };
}

export type Journal = ReturnType<typeof openJournal>;

export function readJournal(file: string): Entry[] {
  const entries: Entry[] = [];
  if (!existsSync(file)) return entries;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line === '') continue;
    const { request, number, answer } = JSON.parse(line) as Partial<Entry> & { number?: number };
    if (request) entries.push({ request, answer: undefined });
    const entry = number === undefined ? undefined : entries[number];
    if (entry) entry.answer = answer;
  }
  return entries;
}
