import { sessionTags } from './codec.ts';
import { Tag } from './fields.ts';
import type { FixField, FixMessage } from './types.ts';

/** A readable message, with what its header says; a defect is the session's to answer. */
export interface DecodedMessage extends FixMessage {
  readonly beginString: string;
  /** MsgSeqNum (34); undefined when it is missing or no positive integer. */
  readonly sequence: number | undefined;
  readonly sender: string | undefined;
  readonly target: string | undefined;
  readonly sendingTime: string | undefined;
  readonly origSendingTime: string | undefined;
  readonly possDup: boolean;
  readonly possResend: boolean;
  /** The first thing wrong with the fields as such (SessionRejectReason). */
  readonly defect?: Defect | undefined;
}

export interface Defect {
  readonly reason: string;
  readonly tag?: number;
  readonly text: string;
}

/** Length fields of FIX 4.4: the field after each holds that many bytes, which may include SOH. */
const lengthTags: ReadonlySet<number> = new Set([
  90, 93, 95, 212, 348, 350, 352, 354, 356, 358, 360, 362, 364, 445, 618, 621,
]);

/** Reads the fields between BodyLength and CheckSum; undefined unless MsgType comes first. */
export function readBody(body: Buffer, beginString: string): DecodedMessage | undefined {
  const header = new Map<number, string>();
  const fields: FixField[] = [];
  let defect: Defect | undefined;
  let position = 0;
  let dataLength: number | undefined;
  while (position < body.length) {
    const raw = readField(body, position, dataLength);
    if (!raw) return undefined;
    position = raw.next;
    dataLength = undefined;
    if (header.size === 0 && raw.tag !== Tag.MsgType) return undefined;
    defect ??= defectOf(raw, header);
    if (raw.tag === undefined) continue;
    if (lengthTags.has(raw.tag) && /^\d{1,7}$/.test(raw.value)) dataLength = Number(raw.value);
    if (sessionTags.has(raw.tag)) header.set(raw.tag, raw.value);
    else fields.push([raw.tag, raw.value]);
  }
  const type = header.get(Tag.MsgType);
  if (!type) return undefined;
  const sequence = header.get(Tag.MsgSeqNum) ?? '';
  return {
    beginString,
    type,
    fields,
    sequence: /^0*[1-9]\d{0,8}$/.test(sequence) ? Number(sequence) : undefined,
    sender: header.get(Tag.SenderCompID),
    target: header.get(Tag.TargetCompID),
    sendingTime: header.get(Tag.SendingTime),
    origSendingTime: header.get(Tag.OrigSendingTime),
    possDup: header.get(Tag.PossDupFlag) === 'Y',
    possResend: fields.some(([tag, value]) => tag === Tag.PossResend && value === 'Y'),
    defect,
  };
}

interface RawField {
  /** Undefined when the text before `=` is no tag number. */
  readonly tag: number | undefined;
  readonly value: string;
  readonly next: number;
}

function readField(body: Buffer, from: number, dataLength?: number): RawField | undefined {
  const equals = body.indexOf(61, from);
  let end = body.indexOf(1, from);
  if (end < 0) return undefined;
  if (equals < 0 || equals > end) return { tag: undefined, value: '', next: end + 1 };
  if (dataLength !== undefined && body[equals + 1 + dataLength] === 1) {
    end = equals + 1 + dataLength;
  }
  const name = body.toString('latin1', from, equals);
  const tag = /^[1-9]\d{0,8}$/.test(name) ? Number(name) : undefined;
  return { tag, value: body.toString('utf8', equals + 1, end), next: end + 1 };
}

function defectOf(raw: RawField, header: ReadonlyMap<number, string>): Defect | undefined {
  const { tag, value } = raw;
  if (tag === undefined) return { reason: '0', text: 'invalid tag number' };
  if (value === '') return { reason: '4', tag, text: 'tag specified without a value' };
  if (header.has(tag)) return { reason: '13', tag, text: 'tag appears more than once' };
  return undefined;
}
