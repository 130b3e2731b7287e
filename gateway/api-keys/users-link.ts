import { z } from 'zod';
import { identityHeader, type Identity, type IdentitySigner } from '#kit/identity.ts';
import type { Addresses } from '../addresses.ts';
import { keyPage, operationPage, type ToldKey } from './key.ts';
import type { ManifestOperation } from '#kit/operation-manifest.ts';

/** What users tells gateways of keys and operations, and hears of them. */
export interface UsersLink {
  /** Keys that changed after a version, the earliest first; empty: there are no more. */
  keysAfter(version: number): Promise<readonly ToldKey[]>;
  operationsOf(
    key: string,
  ): Promise<{ readonly version: number; readonly operations: readonly ManifestOperation[] }>;
  /** The sessions that ended in the last so many milliseconds. */
  sessionsEndedWithin(ms: number): Promise<readonly string[]>;
  /** Problems of each operation by its id; none: it is valid. */
  report(
    key: string,
    version: number,
    verdicts: Readonly<Record<string, readonly string[]>>,
  ): Promise<void>;
}

const gateway: Identity = {
  userId: null,
  roles: [],
  sessionId: null,
  address: 'gateway',
  device: null,
};
const timeoutMs = 3_000;
const endedPage = z.object({ ids: z.array(z.string().max(64)) });

/** @param addresses undefined: the supergraph has no such subgraph, and every question is refused */
export function createUsersLink(
  addresses: () => Addresses | undefined,
  signer: IdentitySigner,
): UsersLink {
  async function ask(path: string, body?: object): Promise<unknown> {
    const url = addresses()?.candidates()[0];
    if (!url) throw new Error('the supergraph has no subgraph `users`');
    const response = await fetch(new URL(path, url), {
      method: body ? 'POST' : 'GET',
      headers: { [identityHeader]: await signer.sign(gateway, 'users') },
      signal: AbortSignal.timeout(timeoutMs),
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!response.ok) throw new Error(`users answered ${path} by HTTP ${response.status}`);
    return response.json();
  }
  return {
    keysAfter: async (version) =>
      keyPage.parse(await ask(`/internal/api-keys?after=${version}`)).keys,
    operationsOf: async (key) => operationPage.parse(await ask(`/internal/operations?key=${key}`)),
    sessionsEndedWithin: async (ms) =>
      endedPage.parse(await ask(`/internal/ended-sessions?within=${ms}`)).ids,
    async report(key, version, verdicts) {
      await ask('/internal/verdicts', { key, version, verdicts });
    },
  };
}
