import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/** As little of a WebSocket client as can be, so that thousands cost the servers' cores little. */
export interface RawClient {
  readonly socket: Socket;
  send(message: object): void;
}

/** All sockets are read into it, one after another: a buffer for each read would cost the most. */
const sharedBuffer = Buffer.alloc(64 * 1024);

/** @param onText gets a frame's text; called only for frames that arrived whole */
export function openRawClient(
  port: number,
  onOpen: () => void,
  onText: (text: Buffer) => void,
): RawClient {
  let rest: Buffer | undefined;
  let open = false;
  const socket = connect({
    host: '127.0.0.1',
    port,
    noDelay: true,
    onread: {
      buffer: sharedBuffer,
      callback(size) {
        take(sharedBuffer.subarray(0, size));
        return true;
      },
    },
  });
  socket.write(
    [
      'GET /graphql HTTP/1.1',
      'host: 127.0.0.1',
      'upgrade: websocket',
      'connection: Upgrade',
      'sec-websocket-version: 13',
      'sec-websocket-protocol: graphql-transport-ws',
      `sec-websocket-key: ${randomBytes(16).toString('base64')}`,
      '\r\n',
    ].join('\r\n'),
  );
  const write = (opcode: number, payload: Buffer) => socket.write(masked(opcode, payload));
  function take(chunk: Buffer): void {
    let bytes = rest ? Buffer.concat([rest, chunk]) : chunk;
    rest = undefined;
    if (!open) {
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0) return void (rest = Buffer.from(bytes));
      if (!bytes.subarray(0, 12).toString().endsWith('101')) throw new Error(String(bytes));
      open = true;
      bytes = bytes.subarray(end + 4);
      onOpen();
    }
    let at = 0;
    while (at + 2 <= bytes.length) {
      const short = (bytes[at + 1] ?? 0) & 0x7f;
      const header = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (at + header > bytes.length) break;
      const length =
        short < 126
          ? short
          : short === 126
            ? bytes.readUInt16BE(at + 2)
            : Number(bytes.readBigUInt64BE(at + 2));
      const end = at + header + length;
      if (end > bytes.length) break;
      const opcode = (bytes[at] ?? 0) & 0x0f;
      if (opcode === 1) onText(bytes.subarray(at + header, end));
      else if (opcode === 9) write(10, bytes.subarray(at + header, end));
      at = end;
    }
    if (at < bytes.length) rest = Buffer.from(bytes.subarray(at));
    return undefined;
  }
  return { socket, send: (message) => void write(1, Buffer.from(JSON.stringify(message))) };
}

/** With a mask of zeros, which the protocol does not forbid and which changes nothing. */
function masked(opcode: number, payload: Buffer): Buffer {
  const long = payload.length > 125;
  const header = Buffer.alloc(long ? 8 : 6);
  header[0] = 0x80 | opcode;
  header[1] = 0x80 | (long ? 126 : payload.length);
  if (long) header.writeUInt16BE(payload.length, 2);
  return Buffer.concat([header, payload]);
}
