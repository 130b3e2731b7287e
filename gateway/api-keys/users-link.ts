import { z } from 'zod';
import { identityHeader, type Identity, type IdentitySigner } from '#kit/identity.ts';
import type { Addresses } from '../addresses.ts';
import { usagePage, type UsagePeriod, type UsageRow, type UsageTotals } from '../usage/row.ts';
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
  /** Adds to the counts that users keeps; a sequence that a reporter has sent before adds nothing. */
  reportUsage(batch: {
    readonly reporter: string;
    readonly sequence: number;
    readonly rows: readonly UsageRow[];
  }): Promise<void>;
  /** The totals over all gateways, of everybody or of one user's API keys. */
  usageOf(period: UsagePeriod, owner: string | null): Promise<UsageTotals>;
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
  /** Whatever is asked here may be asked twice, so that another process is tried when one is away. */
  async function ask(path: string, body?: object): Promise<unknown> {
    const known = addresses();
    if (!known) throw new Error('the supergraph has no subgraph `users`');
    let last: unknown;
    for (const url of known.candidates()) {
      try {
        const answer = await askAt(url, path, body);
        known.answered(url);
        return answer;
      } catch (error) {
        known.failed(url);
        last = error;
      }
    }
    throw last;
  }

  async function askAt(url: string, path: string, body?: object): Promise<unknown> {
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
    async reportUsage(batch) {
      await ask('/internal/usage', batch);
    },
    async usageOf({ from, to }, owner) {
      const search = new URLSearchParams({ from, to, ...(owner === null ? {} : { owner }) });
      return usagePage.parse(await ask(`/internal/usage?${search}`));
    },
  };
}
