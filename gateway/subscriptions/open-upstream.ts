import type { SubscribePayload } from 'graphql-ws';
import { identityExtension } from '#kit/identity.ts';
import { beginningExtension } from '#kit/subgraph-subscriptions.ts';
import type { GatewayContext } from '../caller.ts';
import { coerceVariables } from '../executor/operation.ts';
import type { LiveStreamSettings } from './live-stream-settings.ts';
import type { PlannedSubscription } from './operation.ts';
import { beginningOf } from './resume.ts';
import { openSource, type Source } from './source.ts';
import type { Upstreams } from './upstream.ts';

/** A stream may run this many events ahead of its reader. */
const bufferLimit = 1_000;

/**
 * Opens a subscription at its subgraph, in the name of whoever it is at the moment.
 * @param after the sequence to go on from; undefined or null: as the client asked
 */
export function openUpstream(
  { subgraphs, signer, patienceMs, clock }: LiveStreamSettings,
  upstreamOf: Upstreams['of'],
  planned: PlannedSubscription,
  variables: Readonly<Record<string, unknown>>,
  who: () => GatewayContext,
  after: number | null | undefined,
): Source {
  const { resumable, conflated, primary, prepared } = planned;
  const service = primary.serviceName;
  const coerced = coerceVariables(prepared, variables);
  const asked = 'values' in coerced ? resumable?.initialAfter(coerced.values) : null;
  return openSource({
    resume: resumable ? { ...resumable, beginningOf, after: after ?? asked ?? null } : null,
    keyOf: conflated?.keyOf,
    async subscribe(from, sink) {
      const link = subgraphs.get(service);
      if (!link) throw new Error(`no subgraph ${service}`);
      const token = await signer.sign(who().identity, service);
      const url = link.addresses.candidates()[0] ?? '';
      const payload = {
        ...upstreamPayload(planned, variables, from),
        extensions: {
          ...(token === '' ? {} : { [identityExtension]: token }),
          [beginningExtension]: resumable !== undefined,
        },
      };
      return upstreamOf(url).subscribe(payload, {
        ...sink,
        lost(sent) {
          link.addresses.failed(url);
          sink.lost(sent);
        },
      });
    },
    patienceMs,
    bufferLimit,
    clock,
  });
}

function upstreamPayload(
  { primary, resumable, upstream }: PlannedSubscription,
  variables: Readonly<Record<string, unknown>>,
  after: number | null,
): SubscribePayload {
  const used = (primary.variableUsages ?? []).filter((name) => variables[name] !== undefined);
  const values: Record<string, unknown> = Object.fromEntries(
    used.map((name) => [name, variables[name]]),
  );
  if (resumable) values[resumable.afterVariable] = after;
  return {
    query: upstream,
    variables: values,
    ...(primary.operationName ? { operationName: primary.operationName } : {}),
  };
}
