import { maximumMessageBytes, sumOf } from './codec.ts';
import { type DecodedMessage, readBody } from './decoded-message.ts';

const soh = '\u0001';
const start = Buffer.from('8=FIX');
const trailerBytes = '10=000|'.length;
const headerPattern = new RegExp(`^8=(FIX[A-Z0-9.]{1,8})${soh}9=(\\d{1,9})${soh}`);
const partialHeaderPattern = new RegExp(
  `^8=FIX(?:[A-Z0-9.]{0,8}|[A-Z0-9.]{1,8}${soh}(?:9|9=\\d{0,9})?)$`,
);
const trailerPattern = new RegExp(`^10=(\\d{3})${soh}$`);
const earlyTrailer = new RegExp(`${soh}10=\\d{3}${soh}`);
/** No header, `8=FIX.4.4|9=1048576|`, is longer. */
const maximumHeaderBytes = 40;

/**
 * Cuts a byte stream into messages. What is garbled (no readable header, a wrong BodyLength or
 * CheckSum, MsgType not third) is skipped, as the standard asks, up to the next `8=FIX`, and counted.
 */
export class FixDecoder {
  /** How many stretches of bytes were skipped. */
  garbled = 0;
  private buffer = Buffer.allocUnsafe(16 * 1024);
  private begin = 0;
  private end = 0;
  private skipping = false;
  /** Up to where an incomplete message was searched for a sign of a wrong BodyLength. */
  private scanned = 0;
  /** Where a trailer stands in it, before the place that BodyLength gives; -1 is nowhere. */
  private trailerAt = -1;

  push(chunk: Buffer): DecodedMessage[] {
    this.append(chunk);
    const messages: DecodedMessage[] = [];
    while (this.findStart()) {
      const cut = this.cutMessage();
      if (cut === 'incomplete') break;
      if (cut === 'garbled') this.skipStart();
      else messages.push(cut);
    }
    return messages;
  }

  private append(chunk: Buffer): void {
    if (this.end + chunk.length > this.buffer.length) {
      const kept = this.end - this.begin;
      const size = Math.max(this.buffer.length, 2 ** Math.ceil(Math.log2(kept + chunk.length)));
      const next = Buffer.allocUnsafe(size);
      this.buffer.copy(next, 0, this.begin, this.end);
      this.buffer = next;
      this.begin = 0;
      this.end = kept;
    }
    chunk.copy(this.buffer, this.end);
    this.end += chunk.length;
  }

  /** Moves to the next `8=FIX`; what is passed over counts as one garbled stretch. */
  private findStart(): boolean {
    const bytes = this.buffer.subarray(this.begin, this.end);
    const found = bytes.indexOf(start);
    // The last bytes may be the first of a start that the next chunk completes.
    const passed = found >= 0 ? found : Math.max(0, bytes.length - partialStart(bytes));
    if (passed > 0 && !this.skipping) this.garbled += 1;
    if (passed > 0) this.skipping = true;
    this.begin += passed;
    if (found < 0) return false;
    this.skipping = false;
    return true;
  }

  private skipStart(): void {
    this.garbled += 1;
    this.skipping = true;
    this.begin += 1;
    this.forgetScan();
  }

  private cutMessage(): DecodedMessage | 'incomplete' | 'garbled' {
    const bytes = this.buffer.subarray(this.begin, this.end);
    const header = readHeader(bytes);
    if (typeof header === 'string') return header;
    const { bodyStart, bodyLength, version } = header;
    const trailer = bodyStart + bodyLength;
    const total = trailer + trailerBytes;
    if (bytes.length < total) return this.isCutShort(bytes) ? 'garbled' : 'incomplete';
    if (!hasTrailer(bytes, trailer)) return 'garbled';
    const message = readBody(bytes.subarray(bodyStart, trailer), version);
    if (!message) return 'garbled';
    this.begin += total;
    this.forgetScan();
    return message;
  }

  /** A trailer with a new start somewhere behind it shows that BodyLength was too large. */
  private isCutShort(bytes: Buffer): boolean {
    if (this.trailerAt < 0) {
      const from = Math.max(0, this.scanned - trailerBytes);
      const found = earlyTrailer.exec(bytes.toString('latin1', from));
      if (found) this.trailerAt = from + found.index;
    }
    const from = Math.max(this.trailerAt, this.scanned - start.length);
    this.scanned = bytes.length;
    return this.trailerAt >= 0 && bytes.indexOf(start, from) >= 0;
  }

  /** Where an incomplete message begins is no longer where it was. */
  private forgetScan(): void {
    this.scanned = 0;
    this.trailerAt = -1;
  }
}

/** How many of the last bytes could begin `8=FIX`. */
function partialStart(bytes: Buffer): number {
  for (let length = Math.min(start.length - 1, bytes.length); length > 0; length -= 1) {
    if (bytes.subarray(bytes.length - length).equals(start.subarray(0, length))) return length;
  }
  return 0;
}

function readHeader(
  bytes: Buffer,
): { version: string; bodyStart: number; bodyLength: number } | 'incomplete' | 'garbled' {
  const text = bytes.toString('latin1', 0, Math.min(bytes.length, maximumHeaderBytes));
  const match = headerPattern.exec(text);
  if (!match) {
    const possible = partialHeaderPattern.test(text);
    return possible && text.length < maximumHeaderBytes ? 'incomplete' : 'garbled';
  }
  const [header, version, length] = match;
  const bodyLength = Number(length);
  if (bodyLength > maximumMessageBytes || bodyLength < 5) return 'garbled';
  return { version: version ?? '', bodyStart: header.length, bodyLength };
}

function hasTrailer(bytes: Buffer, trailer: number): boolean {
  const text = bytes.toString('latin1', trailer, trailer + trailerBytes);
  const match = trailerPattern.exec(text);
  if (!match || bytes[trailer - 1] !== 1) return false;
  return Number(match[1]) === sumOf(bytes, 0, trailer);
}
