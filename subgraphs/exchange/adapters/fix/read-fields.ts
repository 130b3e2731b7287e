import { field, parseTimestamp, requireField } from '#fix/fields.ts';
import type { FixMessage } from '#fix/types.ts';
import { unitsOf } from '../../domain/decimal.ts';

type Fields = Pick<FixMessage, 'fields'>;

/** A message that the session let pass and that makes no sense to us. */
export class Unreadable extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Unreadable';
  }
}

const decimalPattern = /^\d{1,20}(\.\d{1,8})?$/;
const idLimit = 64;

/** A plain decimal that is not negative, as the venue wrote it. @throws Unreadable */
export function decimalOf(message: Fields, tag: number): string {
  const text = requireField(message, tag);
  if (!decimalPattern.test(text)) throw new Unreadable(`tag ${tag} is ${text.slice(0, 40)}`);
  return text;
}

/** A plain decimal above zero. @throws Unreadable */
export function positiveOf(message: Fields, tag: number): string {
  const text = decimalOf(message, tag);
  if (unitsOf(text) <= 0n) throw new Unreadable(`tag ${tag} is ${text}, not above zero`);
  return text;
}

/** An id that fits our tables and messages. @throws Unreadable */
export function idOf(message: Fields, tag: number): string {
  const text = requireField(message, tag);
  if (text.length > idLimit) throw new Unreadable(`tag ${tag} is ${text.length} characters long`);
  return text;
}

/** @throws Unreadable */
export function timeOf(message: Fields, tag: number): Date {
  const text = requireField(message, tag);
  const time = parseTimestamp(text);
  if (!time) throw new Unreadable(`tag ${tag} is ${text.slice(0, 40)}`);
  return time;
}

/** A day, `YYYYMMDD`. @throws Unreadable */
export function dayOf(message: Fields, tag: number): string {
  const text = requireField(message, tag);
  if (!/^\d{8}$/.test(text)) throw new Unreadable(`tag ${tag} is ${text.slice(0, 40)}`);
  return text;
}

/** A small whole number. @throws Unreadable */
export function countOf(message: Fields, tag: number, standard?: number): number {
  const text = field(message, tag);
  if (text === undefined && standard !== undefined) return standard;
  if (!text || !/^\d{1,9}$/.test(text)) throw new Unreadable(`tag ${tag} is no count`);
  return Number(text);
}
