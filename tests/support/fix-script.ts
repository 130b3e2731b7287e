import { setImmediate as nextRound, setTimeout as sleep } from 'node:timers/promises';

import { expect } from '@jest/globals';

import type { Connection } from '#fix/connection.ts';
import { FixDecoder } from '#fix/decoder.ts';
import { createMemoryStore } from '#fix/memory-store.ts';
import { Session } from '#fix/session.ts';
import type { SessionHandlers, SessionSettings } from '#fix/session-types.ts';
import type { FixField, FixStore } from '#fix/types.ts';
import { silentLogger } from '#kit/log.ts';

/**
 * A conversation with one session, fed byte by byte from a text. `|` stands for SOH. Lines:
 * - `< 35=A|34=1|...` the counterparty writes; BeginString, BodyLength, CompIDs, SendingTime and
 *   CheckSum are added unless the line has them; `< raw 8=...` is written as it stands
 * - `> 35=A|34=1|...` the session must write exactly this (without those fields)
 * - `@ message D 2`, `@ message D 2 possDup`, `@ logon`, `@ logon reset`, `@ reject 5`,
 *   `@ disconnected <reason>` the application must be told
 * - `closed` the session must close the connection
 * - `connect`, `drop`, `wait 30s`, `send 35=D|...`, `append 35=D|...`, `flush`, `logout <text>`
 * Within one step the order of `>` lines counts, and that of `@` lines; not that between the two.
 */
export async function play(script: string, given: Given = {}): Promise<Played> {
  const player = new Player(given);
  const lines = script.split('\n').map((line) => line.trim());
  const expected: string[][] = [];
  for (const line of lines.filter((text) => text !== '' && !text.startsWith('#'))) {
    if (/^(?:[>@] |closed$)/.test(line)) expected.at(-1)?.push(line);
    else expected.push([line]);
  }
  const actual: string[][] = [];
  for (const [line = '', ...answers] of expected) {
    actual.push([line, ...(await player.step(line, answers.length))]);
  }
  expect(actual.map(inOrder)).toEqual(expected.map(inOrder));
  return { store: player.store, session: player.session };
}

export interface Given {
  readonly role?: 'initiator' | 'acceptor';
  readonly settings?: SessionSettings;
  readonly store?: FixStore;
  readonly handlers?: Partial<SessionHandlers>;
  /** Bytes in one chunk; everything at once without it. */
  readonly chunk?: number;
  /** The store is not in memory: each step waits for the lines it expects, and a little longer. */
  readonly slowStore?: boolean;
}

export interface Played {
  readonly store: FixStore;
  readonly session: Session;
}

const soh = '\u0001';
export const scriptId = { sender: 'US', target: 'THEM' };

class Player {
  readonly store: FixStore;
  readonly session: Session;
  private now = Date.UTC(2026, 0, 5, 12);
  private readonly given: Given;
  private decoder = new FixDecoder();
  private events: string[] = [];

  constructor(given: Given) {
    this.given = given;
    const clock = () => new Date(this.now);
    this.store = given.store ?? createMemoryStore({ clock });
    this.session = new Session({
      id: scriptId,
      role: given.role ?? 'acceptor',
      store: this.store,
      logger: silentLogger,
      clock,
      settings: given.settings,
      handlers: {
        onMessage: async (message, session) => {
          const { type, sequence, possDup } = message;
          this.events.push(`@ message ${type} ${sequence}${possDup ? ' possDup' : ''}`);
          await given.handlers?.onMessage?.(message, session);
        },
        onLogon: (_, { reset }) => void this.events.push(`@ logon${reset ? ' reset' : ''}`),
        onDisconnected: (reason) => void this.events.push(`@ disconnected ${reason}`),
        onReject: (reject) => void this.events.push(`@ reject ${reject.sequence}`),
        ...(given.handlers?.shouldResend && { shouldResend: given.handlers.shouldResend }),
      },
    });
  }

  async step(line: string, expected: number): Promise<string[]> {
    const [word = '', ...rest] = line.split(' ');
    await this.perform(word, rest.join(' '));
    await settle();
    const deadline = Date.now() + 5_000;
    while (this.given.slowStore && this.events.length < expected && Date.now() < deadline) {
      await sleep(5);
    }
    if (this.given.slowStore) await sleep(25);
    return this.events.splice(0);
  }

  private async perform(word: string, text: string): Promise<void> {
    switch (word) {
      case '<':
        return this.feed(text.startsWith('raw ') ? toWire(text.slice(4)) : this.inbound(text));
      case 'connect':
        this.decoder = new FixDecoder();
        return this.session.attach(this.connection());
      case 'drop':
        return this.session.detached('dropped');
      case 'wait':
        return this.wait(Number(/^(\d+)s$/.exec(text)?.[1]));
      case 'send':
        return void (await this.session.send([messageOf(text)]));
      case 'append':
        return void (await this.store.append(scriptId, [messageOf(text)]));
      case 'flush':
        return this.session.flush();
      case 'logout':
        return void this.session.logout(text);
      default:
        throw new Error(`the script has an unknown line: ${word} ${text}`);
    }
  }

  private async wait(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      this.now += 1000;
      this.session.tick();
      await settle();
    }
  }

  private feed(bytes: Buffer): void {
    const size = this.given.chunk ?? bytes.length;
    for (let from = 0; from < bytes.length; from += size) {
      const messages = this.decoder.push(bytes.subarray(from, from + size));
      if (messages.length > 0) this.session.received(messages);
    }
  }

  private inbound(text: string): Buffer {
    const given = new Map(text.split('|').map((part) => [part.split('=')[0] ?? '', part]));
    const header = [
      given.get('35') ?? '35=?',
      given.get('49') ?? '49=THEM',
      given.get('56') ?? '56=US',
      ...(given.has('34') ? [given.get('34')] : []),
      given.get('52') ?? `52=${timestamp(this.now)}`,
    ].filter((part) => part !== '52=');
    const body = text.split('|').filter((part) => !/^(?:8|35|49|56|34|52)=/.test(part));
    return frame([...header, ...body].join('|'), given.get('8'));
  }

  private connection(): Connection {
    return {
      remoteAddress: 'script',
      write: (bytes) => {
        this.events.push(`> ${withoutEnvelope(bytes)}`);
        return undefined;
      },
      pause: () => undefined,
      resume: () => undefined,
      end: (flushed) => void flushed.then(() => this.closed()),
      destroy: () => this.closed(),
    };
  }

  private closed(): void {
    this.events.push('closed');
    this.session.detached('closed');
  }
}

/** Adds BeginString, BodyLength and CheckSum, computed here and not by the engine. */
export function frame(body: string, begin = '8=FIX.4.4'): Buffer {
  const bytes = toWire(`${body}|`);
  const head = Buffer.concat([toWire(`${begin}|9=${bytes.length}|`), bytes]);
  const sum = head.reduce((total, byte) => total + byte, 0) % 256;
  return Buffer.concat([head, toWire(`10=${String(sum).padStart(3, '0')}|`)]);
}

export const toWire = (text: string): Buffer => Buffer.from(text.replaceAll('|', soh));

/** The message as scripts write it, after its envelope was checked. */
export function withoutEnvelope(bytes: Buffer): string {
  const text = bytes.toString().replaceAll(soh, '|');
  const match = /^8=FIX\.4\.4\|9=\d+\|(35=.*)\|10=\d{3}\|$/.exec(text);
  if (!match?.[1] || !frame(match[1]).equals(bytes)) return `WRONG ENVELOPE ${text}`;
  const parts = match[1].split('|');
  const times = parts.filter((part) => /^(?:52|122)=/.test(part));
  if (!times.every((part) => /=\d{8}-\d\d:\d\d:\d\d\.\d{3}$/.test(part))) return `TIMES ${text}`;
  const [type, sender, target] = parts;
  if (sender !== '49=US' || target !== '56=THEM') return `COMPIDS ${text}`;
  const rest = parts.slice(3).filter((part) => !part.startsWith('52='));
  return [type, ...rest.map((part) => (part.startsWith('122=') ? '122' : part))].join('|');
}

function messageOf(text: string): { type: string; fields: FixField[] } {
  const fields = text.split('|').map((part): FixField => {
    const [tag = '', value = ''] = part.split('=');
    return [Number(tag), value];
  });
  return { type: fields[0]?.[1] ?? '', fields: fields.slice(1) };
}

const timestamp = (ms: number): string =>
  new Date(ms).toISOString().replaceAll('-', '').replace('T', '-').replace('Z', '');

/** Lets every promise of the session's lanes come to its end. */
async function settle(): Promise<void> {
  for (let round = 0; round < 6; round += 1) await nextRound();
}

const inOrder = (step: readonly string[]): string[] => [
  ...step.filter((line) => !line.startsWith('@')),
  ...step.filter((line) => line.startsWith('@')),
];
