import type { FormattedExecutionResult } from 'graphql';

/** A result as it leaves: serialised once, for however many clients. */
export interface ReadyResult {
  /** JSON. */
  readonly payload: Buffer;
  /** Which results replace each other; null: none. */
  readonly key: string | null;
  readonly sequence: number | null;
}

export function readyResult(
  result: FormattedExecutionResult,
  key: string | null,
  sequence: number | null,
): ReadyResult {
  return { payload: Buffer.from(JSON.stringify(result)), key, sequence };
}

/** Results that leave together, framed once for each transport. */
export interface ReadyBatch {
  readonly results: readonly ReadyResult[];
  /** WebSocket frames of `next` messages. @param id the client's message id, as JSON in UTF-8 */
  asFrames(id: Buffer): Buffer;
  asServerSentEvents(): Buffer;
  asMultipart(): Buffer;
}

/** Frames with a place for an id of one length, which most clients' ids have. */
interface Template {
  readonly bytes: Buffer;
  /** Where the ids belong. */
  readonly places: readonly number[];
}

export function readyBatch(results: readonly ReadyResult[]): ReadyBatch {
  const templates = new Map<number, Template>();
  let events: Buffer | undefined;
  let parts: Buffer | undefined;
  return {
    results,
    asFrames(id) {
      let template = templates.get(id.length);
      if (!template) {
        template = makeTemplate(results, id.length);
        templates.set(id.length, template);
      }
      const frames = Buffer.allocUnsafe(template.bytes.length);
      frames.set(template.bytes);
      for (const place of template.places) frames.set(id, place);
      return frames;
    },
    asServerSentEvents() {
      events ??= Buffer.concat(results.flatMap(({ payload }) => [eventHead, payload, eventTail]));
      return events;
    },
    asMultipart() {
      parts ??= Buffer.concat(results.flatMap(({ payload }) => [partHead, payload, partTail]));
      return parts;
    },
  };
}

const eventHead = Buffer.from('event: next\ndata: ');
const eventTail = Buffer.from('\n\n');
const partHead = Buffer.from('\r\ncontent-type: application/json\r\n\r\n{"payload":');
const partTail = Buffer.from('}\r\n--graphql');

const beforeId = Buffer.from('{"id":');
const afterId = Buffer.from(',"type":"next","payload":');
const end = Buffer.from('}');

function makeTemplate(results: readonly ReadyResult[], idLength: number): Template {
  const pieces: Buffer[] = [];
  const places: number[] = [];
  let length = 0;
  const add = (piece: Buffer) => {
    pieces.push(piece);
    length += piece.length;
  };
  for (const { payload } of results) {
    const inner = beforeId.length + idLength + afterId.length + payload.length + end.length;
    add(frameHeader(inner));
    add(beforeId);
    places.push(length);
    add(Buffer.alloc(idLength));
    for (const piece of [afterId, payload, end]) add(piece);
  }
  return { bytes: Buffer.concat(pieces, length), places };
}

/** Of an unmasked, whole text frame. Source: RFC 6455, section 5.2. */
export function frameHeader(length: number): Buffer {
  const textFrame = 0x81;
  if (length < 126) return Buffer.from([textFrame, length]);
  if (length < 65_536) return Buffer.from([textFrame, 126, length >> 8, length & 0xff]);
  const header = Buffer.alloc(10);
  header.set([textFrame, 127]);
  header.writeBigUInt64BE(BigInt(length), 2);
  return header;
}
