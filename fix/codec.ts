import { Tag } from './fields.ts';
import type { FixField, FixMessage, SessionId } from './types.ts';

export const beginString = 'FIX.4.4';
/** The longest message, in bytes, that is read; a longer BodyLength counts as garbled. */
export const maximumMessageBytes = 1024 * 1024;

/** What the session adds to a message. */
export interface Envelope {
  readonly id: SessionId;
  readonly sequence: number;
  /** UTCTimestamp. */
  readonly sendingTime: string;
  readonly possDup?: boolean;
  readonly origSendingTime?: string;
}

const soh = '\u0001';
/** Tags that only the session writes; an application's message must not hold them. */
export const sessionTags: ReadonlySet<number> = new Set([
  Tag.BeginString,
  Tag.BodyLength,
  Tag.CheckSum,
  Tag.MsgSeqNum,
  Tag.MsgType,
  Tag.PossDupFlag,
  Tag.SenderCompID,
  Tag.SendingTime,
  Tag.TargetCompID,
  Tag.OrigSendingTime,
]);
/** Header fields that an application may set (PossResend, sub ids, on-behalf-of, locations). */
const headerTags: ReadonlySet<number> = new Set([
  Tag.PossResend,
  50,
  57,
  115,
  116,
  128,
  129,
  142,
  143,
]);

/** The bytes of one message, with BodyLength and CheckSum; text is UTF-8. */
export function encode(envelope: Envelope, message: FixMessage): Buffer {
  const { id } = envelope;
  const header = message.fields.filter(([tag]) => headerTags.has(tag));
  const body = message.fields.filter(([tag]) => !headerTags.has(tag));
  const fields: FixField[] = [
    [Tag.MsgType, message.type],
    [Tag.SenderCompID, id.sender],
    [Tag.TargetCompID, id.target],
    [Tag.MsgSeqNum, String(envelope.sequence)],
  ];
  if (envelope.possDup) fields.push([Tag.PossDupFlag, 'Y']);
  fields.push(...header, [Tag.SendingTime, envelope.sendingTime]);
  if (envelope.origSendingTime) fields.push([Tag.OrigSendingTime, envelope.origSendingTime]);
  const text = [...fields, ...body].map(([tag, value]) => `${tag}=${value}${soh}`).join('');
  const length = Buffer.byteLength(text);
  const head = Buffer.from(`8=${beginString}${soh}9=${length}${soh}${text}`);
  const checkSum = String(sumOf(head, 0, head.length)).padStart(3, '0');
  return Buffer.concat([head, Buffer.from(`10=${checkSum}${soh}`)]);
}

/** The sum of all bytes modulo 256 (FIX 4.4 volume 2, "CheckSum calculation"). */
export function sumOf(bytes: Buffer, from: number, to: number): number {
  let sum = 0;
  for (let index = from; index < to; index += 1) sum += bytes[index] ?? 0;
  return sum % 256;
}

/** A message that must not be stored, because it could not be written to the wire. */
export class UnencodableMessage extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnencodableMessage';
  }
}

/** @throws UnencodableMessage when a tag or value cannot stand on the wire */
export function assertEncodable(message: FixMessage): void {
  if (!/^[0-9A-Za-z]{1,8}$/.test(message.type)) {
    throw new UnencodableMessage(`"${message.type}" is not a MsgType`);
  }
  let bytes = 0;
  for (const [tag, value] of message.fields) {
    if (!Number.isInteger(tag) || tag < 1 || sessionTags.has(tag)) {
      throw new UnencodableMessage(`tag ${tag} of ${message.type} is not an application's to set`);
    }
    if (value === '' || value.includes(soh) || value.includes('\0') || !value.isWellFormed()) {
      throw new UnencodableMessage(`tag ${tag} of ${message.type} has a value that FIX forbids`);
    }
    bytes += Buffer.byteLength(value) + 12;
  }
  if (bytes > maximumMessageBytes - 1024) {
    throw new UnencodableMessage(`a message of type ${message.type} is longer than 1 MiB`);
  }
}
