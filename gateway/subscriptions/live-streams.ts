import { createHash } from 'node:crypto';
import type { FormattedExecutionResult } from 'graphql';
import type { Identity } from '#kit/identity.ts';
import type { UserId } from '#kit/ids.ts';
import type { GatewayContext } from '../caller.ts';
import { presentError } from '../errors.ts';
import { coerceVariables } from '../executor/operation.ts';
import { executeEvent } from './execute-event.ts';
import type { Follower } from './follower.ts';
import { guarded, OperationErrors, type PlannedSubscription } from './operation.ts';
import type { LiveStreamSettings } from './live-stream-settings.ts';
import { openUpstream } from './open-upstream.ts';
import { startPrivateStream } from './private-stream.ts';
import type { PumpEnd } from './pump.ts';
import { startSharedStream, type SharedStream } from './shared-stream.ts';
import type { Source } from './source.ts';
import { explainEnd, supergraphChanged } from './stream-ends.ts';
import { createUpstreams } from './upstream.ts';

export interface SubscriptionRequest {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface LiveStreams {
  /**
   * Starts a stream into a follower.
   * @returns leaves it; the follower then hears nothing more
   * @throws OperationErrors when the operation is refused; the follower hears nothing then
   */
  follow(request: SubscriptionRequest, follower: Follower): () => void;
  /** Moves every stream to the supergraph in force, or ends it with an error that says so. */
  replan(): void;
  close(): void;
  /** How many upstream streams there are, of one client each and of several. */
  figures(): { readonly private: number; readonly shared: number; readonly followers: number };
}

/** A follower's place, wherever its events come from at the moment. */
interface Membership {
  readonly request: SubscriptionRequest;
  readonly follower: Follower;
  leave(): void;
  /** Null where it is in a shared stream. */
  own: { readonly planned: PlannedSubscription; replan(planned: PlannedSubscription): void } | null;
}

/**
 * Whose name a shared stream is asked in: somebody who is logged in, and nobody in particular. So
 * a field that was marked viewer-independent by mistake shows everybody the same nothing.
 */
const anybody: Identity = {
  userId: '00000000-0000-0000-0000-000000000000' as UserId,
  roles: [],
  sessionId: null,
  address: 'a shared stream',
  device: null,
};
const stranger: Identity = { ...anybody, userId: null };

/** Opens clients' subscriptions at the subgraphs; those that may be shared are opened once. */
export function createLiveStreams(settings: LiveStreamSettings): LiveStreams {
  const { planner, askers, logger, stallMs, patienceMs } = settings;
  const now = () => settings.clock().getTime();
  const upstreams = createUpstreams(logger);
  const memberships = new Map<Follower, Membership>();
  const shared = new Map<string, { stream: SharedStream; request: SubscriptionRequest }>();

  function openFor(
    { variables }: SubscriptionRequest,
    who: () => GatewayContext,
    first: number | null | undefined,
  ) {
    return (planned: PlannedSubscription, after: number | null | undefined): Source =>
      openUpstream(settings, upstreams.of, planned, variables, who, after ?? first);
  }

  const joinFor =
    ({ variables }: SubscriptionRequest, who: () => GatewayContext) =>
    (planned: PlannedSubscription, event: FormattedExecutionResult) =>
      executeEvent({ planned, variables, context: who(), askers, logger }, event);

  function startPrivate(
    { request, follower }: Pick<Membership, 'request' | 'follower'>,
    planned: PlannedSubscription,
    after?: number | null,
  ): void {
    // Asked each time: a renewed token may have brought other roles.
    const who = () => follower.context;
    const stream = startPrivateStream({
      planned,
      follower,
      stallMs,
      patienceMs,
      now,
      logger,
      open: openFor(request, who, after),
      join: joinFor(request, who),
      ended: (end) => finish(follower, stream.planned, end),
    });
    memberships.set(follower, { request, follower, leave: stream.stop, own: stream });
  }

  function finish(follower: Follower, planned: PlannedSubscription, end: PumpEnd): void {
    if (!memberships.delete(follower)) return;
    const errors = explainEnd(end, planned.primary.serviceName, logger);
    if (errors) follower.failed(errors);
    else follower.completed();
  }

  function startShared(key: string, request: SubscriptionRequest, planned: PlannedSubscription) {
    const authenticated = key.startsWith('authenticated');
    const who = () => ({ identity: authenticated ? anybody : stranger });
    const stream = startSharedStream({
      planned,
      stallMs,
      patienceMs,
      now,
      logger,
      open: openFor(request, who, undefined),
      join: joinFor(request, who),
      ended(end, followers) {
        shared.delete(key);
        for (const follower of followers) finish(follower, stream.planned, end);
      },
      abandoned: () => void shared.delete(key),
    });
    const entry = { stream, request };
    shared.set(key, entry);
    return entry;
  }

  function follow(given: SubscriptionRequest, follower: Follower): void {
    const planned = planner.plan(given.query, given.operationName);
    // Thousands of clients send the same text: one copy is kept.
    const request = { ...given, query: planned.query };
    const coerced = coerceVariables(planned.prepared, request.variables);
    if (!('values' in coerced)) throw new OperationErrors(coerced.errors);
    guarded(() => settings.guard.check(planned.prepared, request.variables, follower.context));
    if (!isSharable(planned, coerced.values)) return startPrivate({ request, follower }, planned);
    const key = sharingKey(request, coerced.values, follower);
    const entry = shared.get(key) ?? startShared(key, request, planned);
    const leave = entry.stream.join(follower);
    memberships.set(follower, { request: entry.request, follower, leave, own: null });
  }

  /** Its followers go on in the new version of their stream, shared or each by itself. */
  function replanShared(key: string, stream: SharedStream): void {
    const { query, operationName } = stream.planned;
    const planned = replanned(query, operationName);
    if (planned?.viewerIndependent && !planned.conflated === !stream.planned.conflated) {
      return stream.replan(planned);
    }
    shared.delete(key);
    const { followers, last } = stream.dissolve();
    for (const follower of followers) {
      const membership = memberships.get(follower);
      if (!membership) continue;
      if (planned) startPrivate(membership, planned, last);
      else end(membership);
    }
  }

  function replanned(query: string, name: string | undefined): PlannedSubscription | undefined {
    try {
      return planner.plan(query, name);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      logger.info({ why }, 'a stream does not fit the new supergraph');
      return undefined;
    }
  }

  function end({ follower, leave }: Membership): void {
    memberships.delete(follower);
    leave();
    follower.failed([presentError(supergraphChanged(), logger)]);
  }

  return {
    follow(request, follower) {
      follow(request, follower);
      return () => {
        const membership = memberships.get(follower);
        memberships.delete(follower);
        membership?.leave();
      };
    },
    replan() {
      for (const membership of memberships.values()) {
        if (!membership.own) continue;
        const planned = replanned(membership.request.query, membership.request.operationName);
        if (planned) membership.own.replan(planned);
        else end(membership);
      }
      for (const [key, { stream }] of shared) replanShared(key, stream);
    },
    close() {
      for (const { leave } of memberships.values()) leave();
      memberships.clear();
      upstreams.close();
    },
    figures() {
      let own = 0;
      for (const membership of memberships.values()) if (membership.own) own += 1;
      return { private: own, shared: shared.size, followers: memberships.size };
    },
  };
}

/** One that begins at a place of its own in a log is not: others are elsewhere in it. */
function isSharable(
  { viewerIndependent, resumable }: PlannedSubscription,
  coerced: Readonly<Record<string, unknown>>,
): boolean {
  return viewerIndependent && (resumable?.initialAfter(coerced) ?? null) === null;
}

/** Equal for equal operations with equal variables; strangers and users never share. */
function sharingKey(
  { query, operationName }: SubscriptionRequest,
  coerced: Readonly<Record<string, unknown>>,
  { context }: Follower,
): string {
  const who = context.identity.userId === null ? 'strangers' : 'authenticated';
  const what = [query, operationName ?? null, canonical(coerced)];
  const hash = createHash('sha256').update(JSON.stringify(what)).digest('base64');
  return `${who} ${hash}`;
}

/** The same JSON, whatever the order in which keys were written. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, inner]) => [key, canonical(inner)]);
}
