import { Refusal } from '#kit/errors.ts';
import { idPattern } from '#kit/ids.ts';
import type { PagePosition } from '../../application/ports.ts';

const mostInPage = 100;
const standardPage = 20;

/** @throws Refusal BAD_USER_INPUT when it is not 1 to 100 */
export function readFirst(first: number | null | undefined): number {
  const count = first ?? standardPage;
  if (count >= 1 && count <= mostInPage) return count;
  throw new Refusal('BAD_USER_INPUT', `first is 1 to ${mostInPage}`);
}

/** Opaque to clients; journals are immutable, so it stays good for ever. */
export const cursorOf = ({ bookedAt, id }: PagePosition): string =>
  Buffer.from(`${bookedAt.getTime()}:${id}`).toString('base64url');

/** @throws Refusal BAD_USER_INPUT when it is not one of ours */
export function readCursor(cursor: string | null | undefined): PagePosition | null {
  if (cursor === null || cursor === undefined) return null;
  const [time = '', id = ''] = Buffer.from(cursor, 'base64url').toString().split(':');
  const bookedAt = new Date(/^\d{1,15}$/.test(time) ? Number(time) : Number.NaN);
  if (Number.isNaN(bookedAt.getTime()) || !idPattern.test(id)) {
    throw new Refusal('BAD_USER_INPUT', 'after is not a cursor of this connection');
  }
  return { bookedAt, id };
}

/** A Relay connection of at most `first` of the given, which may hold one more. */
export function connectionOf<Node>(
  found: readonly Node[],
  first: number,
  after: PagePosition | null,
  positionOf: (node: Node) => PagePosition,
) {
  const edges = found.slice(0, first).map((node) => ({ cursor: cursorOf(positionOf(node)), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: found.length > first,
      hasPreviousPage: after !== null,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
