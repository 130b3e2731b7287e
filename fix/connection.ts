import type { Socket } from 'node:net';

import { FixDecoder } from './decoder.ts';
import type { DecodedMessage } from './decoded-message.ts';

/** What a session needs of a byte stream. */
export interface Connection {
  readonly remoteAddress: string;
  /** A promise when the buffer is full: it is fulfilled when there is room, or none is needed. */
  write(bytes: Buffer): Promise<void> | undefined;
  pause(): void;
  resume(): void;
  /** Closes after `flushed`, or after two seconds if that does not come. */
  end(flushed: Promise<void>): void;
  destroy(): void;
}

const closingTimeoutMs = 2000;

/** Wraps a socket; the caller keeps `error` and `close`. */
export function connectionOf(socket: Socket): Connection {
  socket.setNoDelay(true);
  return {
    remoteAddress: `${socket.remoteAddress ?? 'unknown'}:${socket.remotePort ?? 0}`,
    write: (bytes) => {
      if (socket.destroyed || socket.writableEnded || socket.write(bytes)) return undefined;
      return whenWritable(socket);
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    end: (flushed) => {
      const timer = setTimeout(() => socket.destroy(), closingTimeoutMs);
      socket.once('close', () => clearTimeout(timer));
      void flushed.then(() => socket.end());
    },
    destroy: () => void socket.destroy(),
  };
}

/** Hands over what a socket's bytes hold, and reports garbled stretches. */
export function readMessages(
  socket: Socket,
  onMessages: (messages: readonly DecodedMessage[]) => void,
  onGarbled: (count: number) => void,
): void {
  const decoder = new FixDecoder();
  socket.on('data', (chunk: Buffer) => {
    const before = decoder.garbled;
    const messages = decoder.push(chunk);
    if (decoder.garbled > before) onGarbled(decoder.garbled);
    if (messages.length > 0) onMessages(messages);
  });
}

function whenWritable(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('drain', done);
    socket.on('close', done);
  });
}
