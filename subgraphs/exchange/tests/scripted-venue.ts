import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** One message, written and read here from the standard alone, not by our own engine. */
export interface Wire {
  readonly type: string;
  readonly sequence: number;
  readonly possDup: boolean;
  /** The first value of a tag. */
  get(tag: number): string | undefined;
}

type Fields = readonly (readonly [tag: number, value: string])[];

interface Session {
  socket: Socket | undefined;
  nextOut: number;
  expected: number;
  logons: number;
  readonly sent: Map<number, { type: string; fields: Fields; at: string }>;
  readonly delivered: Wire[];
  readonly waiting: (() => void)[];
}

/** A FIX 4.4 acceptor that a test plays the venue with. */
export class ScriptedVenue implements AsyncDisposable {
  readonly answers = new Map<string, (message: Wire, from: string) => void>();
  /** While true, every connection is closed at once. */
  away = false;
  private readonly server: Server;
  private readonly sessions = new Map<string, Session>();

  private constructor(server: Server) {
    this.server = server;
  }

  static async listen(): Promise<ScriptedVenue> {
    const server = createServer();
    const venue = new ScriptedVenue(server);
    server.on('connection', (socket) => venue.accept(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return venue;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** The next message of a type that the client's session delivers; earlier ones are passed over. */
  async next(client: string, type: string, withinMs = 10_000): Promise<Wire> {
    const session = this.session(client);
    const until = Date.now() + withinMs;
    for (;;) {
      for (let message = session.delivered.shift(); message; message = session.delivered.shift()) {
        if (message.type === type) return message;
      }
      if (Date.now() > until) throw new Error(`no ${type} from ${client} within ${withinMs} ms`);
      await new Promise<void>((resolve) => {
        session.waiting.push(resolve);
        setTimeout(resolve, 50);
      });
    }
  }

  /** Messages of a type that wait to be looked at. */
  pending(client: string, type: string): readonly Wire[] {
    return this.session(client).delivered.filter((message) => message.type === type);
  }

  /** Numbers and keeps a message, and sends it if the client is there. */
  send(client: string, type: string, fields: Fields): void {
    const session = this.session(client);
    const sequence = session.nextOut++;
    session.sent.set(sequence, { type, fields, at: timestamp() });
    this.write(client, sequence, type, fields);
  }

  /** How often the client logged on. */
  logons(client: string): number {
    return this.session(client).logons;
  }

  drop(client: string): void {
    this.session(client).socket?.destroy();
  }

  /** As if the venue had never handled the message with this number. */
  forget(client: string, sequence: number): void {
    this.session(client).expected = sequence;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.away = true;
    for (const { socket } of this.sessions.values()) socket?.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private session(client: string): Session {
    const known = this.sessions.get(client);
    if (known) return known;
    const session: Session = {
      socket: undefined,
      nextOut: 1,
      expected: 1,
      logons: 0,
      sent: new Map(),
      delivered: [],
      waiting: [],
    };
    this.sessions.set(client, session);
    return session;
  }

  private accept(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    if (this.away) return void socket.destroy();
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      for (;;) {
        const end = /\u000110=\d{3}\u0001/.exec(text);
        if (!end) return;
        const length = end.index + end[0].length;
        this.receive(socket, parse(text.slice(0, length)));
        text = text.slice(length);
      }
    });
  }

  private receive(socket: Socket, message: Wire): void {
    const client = message.get(49) ?? '';
    const session = this.session(client);
    if (message.type === 'A') return this.logOn(socket, client, session, message);
    if (session.socket !== socket) return;
    if (message.sequence > session.expected) return; // asked for again since the logon
    if (message.sequence < session.expected) return; // a duplicate
    session.expected += 1;
    switch (message.type) {
      case '0':
      case '3':
        return;
      case '1':
        return this.admin(client, '0', [[112, message.get(112) ?? '']]);
      case '2':
        return this.replay(client, session, Number(message.get(7)));
      case '4':
        session.expected = Number(message.get(36));
        return;
      case '5':
        this.admin(client, '5', []);
        socket.end();
        return;
      default:
        session.delivered.push(message);
        session.waiting.splice(0).forEach((wake) => wake());
        this.answers.get(message.type)?.(message, client);
    }
  }

  private logOn(socket: Socket, client: string, session: Session, logon: Wire): void {
    session.socket?.destroy();
    session.socket = socket;
    session.logons += 1;
    const reset = logon.get(141) === 'Y';
    if (reset) {
      session.nextOut = 1;
      session.expected = 1;
      session.sent.clear();
    }
    this.admin(client, 'A', [
      [98, '0'],
      [108, logon.get(108) ?? '30'],
      ...(reset ? [[141, 'Y'] as const] : []),
    ]);
    if (logon.sequence > session.expected) {
      this.admin(client, '2', [
        [7, String(session.expected)],
        [16, '0'],
      ]);
    } else {
      session.expected = Math.max(session.expected, logon.sequence + 1);
    }
  }

  private replay(client: string, session: Session, from: number): void {
    for (let sequence = from; sequence < session.nextOut; sequence += 1) {
      const kept = session.sent.get(sequence);
      if (kept) {
        const again = [
          [43, 'Y'],
          [122, kept.at],
        ] as const;
        this.write(client, sequence, kept.type, kept.fields, again);
      } else {
        const filled = [
          [43, 'Y'],
          [122, timestamp()],
        ] as const;
        this.write(
          client,
          sequence,
          '4',
          [
            [123, 'Y'],
            [36, String(sequence + 1)],
          ],
          filled,
        );
      }
    }
  }

  private admin(client: string, type: string, fields: Fields): void {
    this.write(client, this.session(client).nextOut++, type, fields);
  }

  private write(
    client: string,
    sequence: number,
    type: string,
    fields: Fields,
    header: Fields = [],
  ) {
    const body = [
      [35, type],
      [34, String(sequence)],
      [49, 'SANDBOX'],
      [56, client],
      [52, timestamp()],
      ...header,
      ...fields,
    ]
      .map(([tag, value]) => `${tag}=${value}\u0001`)
      .join('');
    const start = `8=FIX.4.4\u00019=${body.length}\u0001${body}`;
    const sum = Buffer.from(start, 'latin1').reduce((total, byte) => (total + byte) % 256, 0);
    this.session(client).socket?.write(
      `${start}10=${String(sum).padStart(3, '0')}\u0001`,
      'latin1',
    );
  }
}

/** UTCTimestamp. */
export function timestamp(time = new Date()): string {
  return time.toISOString().replaceAll('-', '').replace('T', '-').replace('Z', '');
}

function parse(text: string): Wire {
  const fields = text
    .split('\u0001')
    .filter((part) => part !== '')
    .map((part) => [Number(part.split('=')[0]), part.slice(part.indexOf('=') + 1)] as const);
  const get = (tag: number) => fields.find(([candidate]) => candidate === tag)?.[1];
  return {
    type: get(35) ?? '',
    sequence: Number(get(34)),
    possDup: get(43) === 'Y',
    get,
  };
}
