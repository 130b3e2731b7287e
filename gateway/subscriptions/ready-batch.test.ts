import { expect, test } from '@jest/globals';
import { readyBatch, readyResult } from './ready-batch.ts';

/** A frame as a WebSocket carries it, without its header of two bytes (payloads below 126). */
const messageOf = (frame: Buffer): unknown => JSON.parse(frame.subarray(2).toString());

test('a payload is serialised once for all of its readers, each under its own message id', () => {
  let serialised = 0;
  const data = {
    toJSON() {
      serialised += 1;
      return { bid: '1.1' };
    },
  };
  const batch = readyBatch([readyResult({ data: data as never }, null, null)]);
  const ids = ['a', 'b', 'a longer one'];
  const frames = ids.map((id) => batch.asFrames(Buffer.from(JSON.stringify(id))));
  expect(frames.map(messageOf)).toEqual(
    ids.map((id) => ({ id, type: 'next', payload: { data: { bid: '1.1' } } })),
  );
  expect(batch.asServerSentEvents()).toBe(batch.asServerSentEvents());
  expect(batch.asMultipart()).toBe(batch.asMultipart());
  expect(serialised).toBe(1);
});
