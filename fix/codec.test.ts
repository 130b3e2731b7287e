import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { assertEncodable, encode, sessionTags } from './codec.ts';
import { FixDecoder } from './decoder.ts';
import type { DecodedMessage } from './decoded-message.ts';
import type { FixField } from './types.ts';

const wire = (text: string): Buffer => Buffer.from(text.replaceAll('|', '\u0001'));
const shown = (bytes: Buffer): string => bytes.toString().replaceAll('\u0001', '|');
const envelope = {
  id: { sender: 'US', target: 'THEM' },
  sequence: 7,
  sendingTime: '20260105-12:00:00.000',
};

// Lengths and sums of these two were computed with od and awk, not by the codec.
const heartbeat = '8=FIX.4.4|9=49|35=0|49=US|56=THEM|34=7|52=20260105-12:00:00.000|10=152|';
const duplicate =
  '8=FIX.4.4|9=96|35=D|49=US|56=THEM|34=7|43=Y|97=Y|52=20260105-12:00:00.000|' +
  '122=20260105-11:00:00.000|11=a|58=é|10=175|';

describe('encode', () => {
  test('writes the standard header, the length in bytes and the sum of all bytes', () => {
    expect(shown(encode(envelope, { type: '0', fields: [] }))).toBe(heartbeat);
  });

  test('puts header fields before the body, and counts bytes, not characters', () => {
    const again = { ...envelope, possDup: true, origSendingTime: '20260105-11:00:00.000' };
    const fields: FixField[] = [
      [11, 'a'],
      [97, 'Y'],
      [58, 'é'],
    ];
    expect(shown(encode(again, { type: 'D', fields }))).toBe(duplicate);
  });

  test('refuses beforehand what could not be read again', () => {
    const check = (tag: number, value: string) => () =>
      assertEncodable({ type: 'D', fields: [[tag, value]] });
    for (const tag of [0, -1, 1.5, 8, 9, 10, 34, 35, 43, 49, 52, 56, 122]) {
      expect(check(tag, 'x')).toThrow(/not an application's to set/);
    }
    for (const value of ['', 'a\u0001', 'a\0', '\ud800']) {
      expect(check(58, value)).toThrow(/a value that FIX forbids/);
    }
    expect(check(58, 'x'.repeat(1024 * 1024))).toThrow(/longer than 1 MiB/);
    expect(() => assertEncodable({ type: '', fields: [] })).toThrow(/not a MsgType/);
  });
});

describe('FixDecoder', () => {
  const decode = (...chunks: Buffer[]): { messages: DecodedMessage[]; garbled: number } => {
    const decoder = new FixDecoder();
    return {
      messages: chunks.flatMap((chunk) => decoder.push(chunk)),
      garbled: decoder.garbled,
    };
  };

  test('reads the header and keeps the fields in wire order', () => {
    const { messages, garbled } = decode(wire(duplicate));
    expect(garbled).toBe(0);
    expect(messages).toEqual([
      {
        beginString: 'FIX.4.4',
        type: 'D',
        sequence: 7,
        sender: 'US',
        target: 'THEM',
        sendingTime: '20260105-12:00:00.000',
        origSendingTime: '20260105-11:00:00.000',
        possDup: true,
        possResend: true,
        fields: [
          [97, 'Y'],
          [11, 'a'],
          [58, 'é'],
        ],
        defect: undefined,
      },
    ]);
  });

  test.each([
    ['a wrong CheckSum', heartbeat.replace('10=152', '10=153')],
    ['a CheckSum of two digits', heartbeat.replace('10=152', '10=52')],
    ['a BodyLength too small', heartbeat.replace('9=49', '9=48')],
    ['a BodyLength too large', heartbeat.replace('9=49', '9=70')],
    ['a BodyLength far too large', heartbeat.replace('9=49', '9=900000')],
    ['noise behind a BodyLength far too large', `${heartbeat.replace('9=49', '9=9000')}noise`],
    ['a BodyLength beyond the bound', heartbeat.replace('9=49', '9=1048577')],
    ['a BodyLength that is no number', heartbeat.replace('9=49', '9=5x')],
    ['no BodyLength', heartbeat.replace('9=49|', '')],
    ['a message cut off in its middle', heartbeat.slice(0, 40)],
    ['MsgType not third', '8=FIX.4.4|9=11|49=US|35=0|10=035|'],
    ['noise', 'GET / HTTP/1.1\r\n\r\n'],
    ['noise that looks like a start', '8=FIX8=FIX.4.4|8=FIX.4.4|9=|'],
  ])('skips %s, counts it and reads the next message', (_, bad) => {
    const { messages, garbled } = decode(wire(bad), wire(heartbeat), wire(heartbeat));
    expect(messages).toHaveLength(2);
    expect(garbled).toBeGreaterThanOrEqual(1);
  });

  test('a data field may hold SOH and what looks like a message', () => {
    const data = wire(heartbeat);
    const body = Buffer.concat([wire(`35=B|34=1|95=${data.length}|96=`), data, wire('|148=x|')]);
    const head = Buffer.concat([wire(`8=FIX.4.4|9=${body.length}|`), body]);
    const sum = head.reduce((total, byte) => total + byte, 0) % 256;
    const bytes = Buffer.concat([head, wire(`10=${String(sum).padStart(3, '0')}|`)]);
    const { messages, garbled } = decode(bytes);
    expect(garbled).toBe(0);
    expect(messages[0]?.fields).toEqual([
      [95, String(data.length)],
      [96, data.toString()],
      [148, 'x'],
    ]);
  });

  const field = fc
    .tuple(
      fc.integer({ min: 1, max: 9999 }).filter((tag) => !sessionTags.has(tag) && !isLength(tag)),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
    )
    .filter(([, value]) => !['\0', '\u0001'].some((bad) => value.includes(bad)));
  const message = fc.record({
    type: fc.constantFrom('D', '8', 'W', 'AE', 'j'),
    fields: fc.array(field, { maxLength: 12 }),
  });

  test('reads back what encode wrote, however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(message, { minLength: 1, maxLength: 4 }),
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }),
        (sent, cuts) => {
          const bytes = Buffer.concat(sent.map((one) => encode(envelope, one)));
          const { messages, garbled } = decode(...cut(bytes, cuts));
          expect(garbled).toBe(0);
          expect(messages.map(({ type, fields }) => ({ type, fields: byHeader(fields) }))).toEqual(
            sent.map(({ type, fields }) => ({ type, fields: byHeader(fields) })),
          );
        },
      ),
    );
  });

  test('loses only the message that noise hit, and never makes one up', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        fc.uint8Array({ maxLength: 40 }),
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }),
        (at, flip, noise, cuts) => {
          const numbered = [1, 2, 3, 4].map((sequence) =>
            encode({ ...envelope, sequence }, { type: 'D', fields: [[11, `o${sequence}`]] }),
          );
          const [first, second, third, fourth] = numbered;
          if (!first || !second || !third || !fourth) throw new Error('four messages');
          const hit = Buffer.from(second);
          hit[at % hit.length] = (hit[at % hit.length] ?? 0) ^ flip;
          const bytes = Buffer.concat([first, hit, Buffer.from(noise), third, fourth]);
          const { messages } = decode(...cut(bytes, cuts));
          const sequences = messages.map((one) => one.sequence);
          expect(sequences).toEqual([1, 3, 4]);
        },
      ),
    );
  });
});

function isLength(tag: number): boolean {
  return [90, 93, 95, 212, 348, 350, 352, 354, 356, 358, 360, 362, 364, 445, 618, 621].includes(
    tag,
  );
}

/** encode moves header fields to the front. */
function byHeader(fields: readonly FixField[]): FixField[] {
  const isHeader = ([tag]: FixField): boolean =>
    [97, 50, 57, 115, 116, 128, 129, 142, 143].includes(tag);
  return [...fields.filter(isHeader), ...fields.filter((one) => !isHeader(one))];
}

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let from = 0, index = 0; from < bytes.length; index += 1) {
    const size = sizes[index % sizes.length] ?? 1;
    chunks.push(bytes.subarray(from, from + size));
    from += size;
  }
  return chunks;
}
