import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, expect, jest, test } from '@jest/globals';
import type { GatewayContext } from '../caller.ts';
import type { Clients } from './clients.ts';
import { HttpStream } from './http-stream.ts';
import { streamFormatOf } from './stream-formats.ts';

afterEach(() => void jest.useRealTimers());

const format = streamFormatOf({ accept: 'text/event-stream' });
const clients = { closed() {}, unsubscribed() {} } as unknown as Clients;

/** A response whose other end may never read. */
function open() {
  jest.useFakeTimers();
  const destroyed = { count: 0 };
  const response = Object.assign(new EventEmitter(), {
    writableNeedDrain: true,
    write: () => false,
    end: () => undefined,
    destroy: () => void (destroyed.count += 1),
  });
  if (!format) throw new Error('no format');
  const asResponse = response as unknown as ServerResponse;
  const stream = new HttpStream(asResponse, format, clients, {} as GatewayContext, 0);
  return { response, stream, destroyed };
}

test('a client that does not even read the end of its stream is hung up on', () => {
  const { stream, destroyed } = open();
  stream.tooSlow('updates', 7);
  jest.advanceTimersByTime(29_000);
  expect(destroyed.count).toBe(0);
  jest.advanceTimersByTime(2_000);
  expect(destroyed.count).toBe(1);
});

test('a client that reads it is left alone', () => {
  const { response, stream, destroyed } = open();
  stream.completed();
  response.emit('close');
  jest.advanceTimersByTime(120_000);
  expect(destroyed.count).toBe(0);
});
