import type { Identity } from './identity.ts';
import { Refusal } from './errors.ts';
import type { UserId } from './ids.ts';

/** What every resolver of a subgraph gets. */
export interface SubgraphContext {
  readonly identity: Identity;
  /** Things made once for each request, such as data loaders: see oncePerRequest. */
  readonly cache: Map<object, unknown>;
}

/** Makes a thing on its first use in a request; `key` is the factory itself. */
export function oncePerRequest<Thing>(context: SubgraphContext, factory: () => Thing): Thing {
  if (!context.cache.has(factory)) context.cache.set(factory, factory());
  return context.cache.get(factory) as Thing;
}

/** The user who asks. @throws Refusal UNAUTHENTICATED */
export function requireUser(context: SubgraphContext): UserId {
  if (!context.identity.userId) throw new Refusal('UNAUTHENTICATED', 'log in first');
  return context.identity.userId;
}

/** Whether the caller may see what belongs to `owner`: its owner or an operator. */
export function maySee(context: SubgraphContext, owner: UserId): boolean {
  const { userId, roles } = context.identity;
  return userId !== null && (userId === owner || roles.includes('OPERATOR'));
}
