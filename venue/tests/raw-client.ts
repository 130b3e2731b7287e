import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** One message as it stood on the wire, with all its fields in order. */
export class Received {
  readonly fields: readonly (readonly [number, string])[];

  constructor(fields: readonly (readonly [number, string])[]) {
    this.fields = fields;
  }

  get(tag: number): string | undefined {
    return this.fields.find(([candidate]) => candidate === tag)?.[1];
  }

  all(tag: number): readonly string[] {
    return this.fields.filter(([candidate]) => candidate === tag).map(([, value]) => value);
  }

  /** The values of some tags, to compare in one line. */
  pick(...tags: readonly number[]): readonly (string | undefined)[] {
    return tags.map((tag) => this.get(tag));
  }
}

const soh = '\u0001';
const adminTypes: readonly string[] = ['0', '1', '2', '3', '4', '5', 'A'];

/**
 * A FIX client of its own, written from the standard and not with fix/, so that an error that both
 * ends of our engine share would show here. By itself it only answers a ResendRequest.
 */
export class RawClient implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #sender: string;
  readonly #received: Received[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #sent = new Map<number, { type: string; body: string; time: string }>();
  #text = '';
  sequence = 1;

  static async connect(port: number, sender: string): Promise<RawClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RawClient(socket, sender);
  }

  private constructor(socket: Socket, sender: string) {
    this.#socket = socket;
    this.#sender = sender;
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.#read(text));
    socket.on('error', () => undefined); // a killed venue resets the connection
    socket.on('close', () => this.#wake());
  }

  get isClosed(): boolean {
    return this.#socket.closed;
  }

  /** @param body `tag=value` pairs separated by `|` */
  send(type: string, body: string, header = ''): void {
    const time = timestamp();
    this.#sent.set(this.sequence, { type, body, time });
    this.#write(type, this.sequence, body, header);
    this.sequence += 1;
  }

  /** What it sent on earlier connections, so that it can be asked for again. */
  continue(earlier: RawClient): this {
    this.sequence = earlier.sequence;
    for (const [sequence, message] of earlier.#sent) this.#sent.set(sequence, message);
    return this;
  }

  /** Application messages again as PossDup, gaps for the rest. */
  #resend(from: number): void {
    const end = this.sequence;
    for (let sequence = from; sequence < end; sequence += 1) {
      const message = this.#sent.get(sequence);
      const isLost = message && !adminTypes.includes(message.type);
      const again = `43=Y|122=${message?.time ?? timestamp()}|`;
      if (isLost) this.#write(message.type, sequence, message.body, again);
      else this.#write('4', sequence, `123=Y|36=${sequence + 1}`, again);
    }
  }

  #write(type: string, sequence: number, body: string, header: string): void {
    const head = `35=${type}|34=${sequence}|49=${this.#sender}|56=SANDBOX|52=${timestamp()}|${header}`;
    const content = `${head}${body}`.replace(/\|?$/, '|').replaceAll('|', soh);
    const message = `8=FIX.4.4${soh}9=${Buffer.byteLength(content, 'latin1')}${soh}${content}`;
    const sum = Buffer.from(message, 'latin1').reduce((total, byte) => total + byte, 0) % 256;
    this.#socket.write(`${message}10=${String(sum).padStart(3, '0')}${soh}`, 'latin1');
  }

  async logon(password: string, more = ''): Promise<Received> {
    this.send('A', `98=0|108=30|553=${this.#sender}|554=${password}|${more}`);
    return this.next((message) => message.get(35) === 'A');
  }

  /** The next message that fits, taking it; those before it are dropped. */
  async next(fits: (message: Received) => boolean = isApplication): Promise<Received> {
    const end = Date.now() + 10_000;
    for (;;) {
      for (let message = this.#received.shift(); message; message = this.#received.shift()) {
        if (fits(message)) return message;
      }
      if (this.isClosed) throw new Error('the venue closed the connection');
      if (Date.now() > end) throw new Error('no such message in 10 seconds');
      await this.#more(end - Date.now());
    }
  }

  async take(count: number): Promise<readonly Received[]> {
    const messages: Received[] = [];
    while (messages.length < count) messages.push(await this.next());
    return messages;
  }

  async closed(): Promise<void> {
    if (!this.isClosed) await once(this.#socket, 'close');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    await this.closed();
  }

  #read(text: string): void {
    this.#text += text;
    for (;;) {
      const end = new RegExp(`${soh}10=\\d{3}${soh}`).exec(this.#text);
      if (!end) break;
      const raw = this.#text.slice(0, end.index + end[0].length);
      this.#text = this.#text.slice(raw.length);
      const message = new Received(raw.split(soh).filter(Boolean).map(pair));
      if (message.get(35) === '2') this.#resend(Number(message.get(7)));
      this.#received.push(message);
    }
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  async #more(timeoutMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#waiting.add(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

export function isApplication(message: Received): boolean {
  return !adminTypes.includes(message.get(35) ?? '');
}

export function timestamp(time = new Date()): string {
  return time.toISOString().replaceAll('-', '').replace('T', '-').replace('Z', '');
}

function pair(text: string): readonly [number, string] {
  const at = text.indexOf('=');
  return [Number(text.slice(0, at)), text.slice(at + 1)];
}
