import { Refusal } from '#kit/errors.ts';
import type { Identity } from '#kit/identity.ts';
import { idPattern, type UserId } from '#kit/ids.ts';
import type { BarPosition, BarStore, StoredUser } from './ports.ts';

export interface UsersPage {
  readonly edges: readonly { readonly cursor: string; readonly node: StoredUser }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

const pageLimit = 100;

/** Who is barred now, the latest first, for operators. @throws Refusal FORBIDDEN or BAD_USER_INPUT */
export async function listBarredUsers(
  bars: BarStore,
  { roles }: Identity,
  first: number,
  after: string | null,
): Promise<UsersPage> {
  if (!roles.includes('OPERATOR')) throw new Refusal('FORBIDDEN', 'you may not do this');
  if (first < 1 || first > pageLimit) {
    throw new Refusal('BAD_USER_INPUT', `\`first\` is from 1 to ${pageLimit}`);
  }
  const position = after === null ? null : readCursor(after);
  // One more than asked for says whether there is a next page.
  const found = await bars.list(first + 1, position);
  const edges = found.slice(0, first).map((node) => ({ cursor: cursorOf(node), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: found.length > first,
      hasPreviousPage: position !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

function cursorOf({ id, bar }: StoredUser): string {
  return Buffer.from(`${bar?.since.getTime() ?? 0}:${id}`).toString('base64url');
}

function readCursor(cursor: string): BarPosition {
  const [time = '', id = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split(':');
  if (!/^\d{1,14}$/.test(time) || !idPattern.test(id)) {
    throw new Refusal('BAD_USER_INPUT', '`after` is not a cursor of this list');
  }
  return { since: new Date(Number(time)), id: id as UserId };
}
