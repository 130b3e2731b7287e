import { joinWaiting } from '#kit/join-waiting.ts';
import type { Clock } from '#kit/clock.ts';
import type { EntityManager } from '#kit/orm.ts';
import type { PostingDesk, PostOperation, PostOutcome } from '../../application/ports.ts';
import { createLedger } from './ledger.ts';
import { repeatIfAsked } from './transactional.ts';

interface Request extends PostOperation {
  readonly answered: (outcome: PostOutcome) => void;
}

/** So many legs share a call of the ledger and a commit, where they wait: a hundred transfers. */
const most = 200;
const atATime = 2;
/** Longer than a commit takes: then a lock is waited for, and the others go on without it. */
const patienceMs = 10;

/**
 * Posts what stands alone, each in one call of the ledger; what comes while a call is under way
 * shares the next one (docs/adr/0029).
 */
export function createPostingDesk(fork: () => EntityManager, clock: Clock): PostingDesk {
  const post = joinWaiting<Request>(
    async (requests) => {
      const outcomes = await repeatIfAsked(() => createLedger(fork()).apply(requests, clock()));
      for (const [index, outcome] of outcomes.entries()) requests[index]?.answered(outcome);
    },
    { atATime, most, patienceMs, sizeOf, locksOf },
  );
  return {
    async post(draft) {
      const { promise, resolve } = Promise.withResolvers<PostOutcome>();
      await post([{ do: 'post', draft, answered: resolve }]);
      return promise;
    },
  };
}

const sizeOf = ({ draft }: Request) => draft.legs.length;

/** The users whose wallets may change, and the transaction: a key may come again with others. */
function locksOf({ draft: { id, userId, legs, payment } }: Request): readonly string[] {
  const owners = legs.flatMap(({ account }) => account.userId ?? []);
  return payment ? [id, ...owners, ...(userId ? [userId] : [])] : [id, ...owners];
}
