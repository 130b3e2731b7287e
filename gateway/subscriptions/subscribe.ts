import { GraphQLError, type FormattedExecutionResult } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { Clock } from '#kit/clock.ts';
import { identityExtension, type IdentitySigner } from '#kit/identity.ts';
import type { Logger } from '#kit/log.ts';
import { beginningExtension } from '#kit/subgraph-subscriptions.ts';
import type { Addresses } from '../addresses.ts';
import type { GatewayContext } from '../caller.ts';
import type { SubgraphDataSource } from '../data-source.ts';
import { fault } from '../errors.ts';
import { coerceVariables } from '../executor/operation.ts';
import { executeEvent } from './execute-event.ts';
import { joinedStream, type JoinedStream } from './joined-stream.ts';
import { OperationErrors, type PlannedSubscription } from './operation.ts';
import { beginningOf } from './resume.ts';
import { openSource, type SourceEnd } from './source.ts';
import { createUpstream, type Upstream } from './upstream.ts';

export interface SubgraphLink {
  readonly addresses: Addresses;
  readonly dataSource: SubgraphDataSource;
}

export interface SubscriberSettings {
  readonly subgraphs: ReadonlyMap<string, SubgraphLink>;
  readonly signer: IdentitySigner;
  readonly patienceMs: number;
  readonly logger: Logger;
  readonly clock: Clock;
}

export interface Subscriber {
  /**
   * Checks the variables; the stream begins when the returned function is called.
   * @throws OperationErrors when they do not fit
   */
  prepare(
    planned: PlannedSubscription,
    variables: Readonly<Record<string, unknown>>,
    context: GatewayContext,
  ): () => JoinedStream;
  close(): void;
}

/** A stream may run this many events ahead of its reader. */
const bufferLimit = 1_000;

/** Opens clients' subscriptions at the subgraphs, over one WebSocket to each of their processes. */
export function createSubscriber(settings: SubscriberSettings): Subscriber {
  const { subgraphs, signer, logger, clock } = settings;
  const upstreams = new Map<string, Upstream>();
  const askers = new Map([...subgraphs].map(([name, { dataSource }]) => [name, dataSource]));

  function upstreamOf(url: string): Upstream {
    let upstream = upstreams.get(url);
    if (!upstream) {
      upstream = createUpstream(url.replace(/^http/, 'ws'), logger);
      upstreams.set(url, upstream);
    }
    return upstream;
  }

  function open(
    planned: PlannedSubscription,
    variables: Readonly<Record<string, unknown>>,
    coerced: Readonly<Record<string, unknown>>,
    context: GatewayContext,
  ): JoinedStream {
    const { resumable, primary } = planned;
    const service = primary.serviceName;
    const addresses = subgraphs.get(service)?.addresses;
    if (!addresses) throw new Error(`no subgraph ${service}`);
    const source = openSource({
      resume: resumable
        ? { ...resumable, beginningOf, after: resumable.initialAfter(coerced) }
        : null,
      async subscribe(after, sink) {
        const token = await signer.sign(context.identity, service);
        const url = addresses.candidates()[0] ?? '';
        const payload = {
          ...upstreamPayload(planned, variables, after),
          extensions: {
            ...(token === '' ? {} : { [identityExtension]: token }),
            [beginningExtension]: resumable !== undefined,
          },
        };
        return upstreamOf(url).subscribe(payload, {
          ...sink,
          lost(sent) {
            addresses.failed(url);
            sink.lost(sent);
          },
        });
      },
      patienceMs: settings.patienceMs,
      bufferLimit,
      clock,
    });
    const join = (event: FormattedExecutionResult) =>
      executeEvent({ planned, variables, context, askers, logger }, event);
    return joinedStream(source, join, (end) => explainEnd(end, service, logger));
  }

  return {
    prepare(planned, variables, context) {
      const coerced = coerce(planned, variables);
      return () => open(planned, variables, coerced, context);
    },
    close() {
      for (const upstream of upstreams.values()) upstream.close();
    },
  };
}

function upstreamPayload(
  { primary, resumable }: PlannedSubscription,
  variables: Readonly<Record<string, unknown>>,
  after: number | null,
): SubscribePayload {
  const used = (primary.variableUsages ?? []).filter((name) => variables[name] !== undefined);
  const values: Record<string, unknown> = Object.fromEntries(
    used.map((name) => [name, variables[name]]),
  );
  if (resumable) values[resumable.afterVariable] = after;
  return {
    query: resumable?.operation ?? primary.operation,
    variables: values,
    ...(primary.operationName ? { operationName: primary.operationName } : {}),
  };
}

function coerce(
  { prepared }: PlannedSubscription,
  variables: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const coerced = coerceVariables(prepared, variables);
  if ('values' in coerced) return coerced.values;
  throw new OperationErrors(coerced.errors);
}

/** The errors that end a stream; a stream that its subgraph completed just ends. */
function explainEnd(end: SourceEnd, service: string, logger: Logger): Error | undefined {
  switch (end.kind) {
    case 'completed':
      return undefined;
    case 'failed':
      return new OperationErrors(
        end.errors.map((error) => {
          const code = error.extensions?.['code'];
          const refused = code === 'IDENTITY_REQUIRED' || typeof code !== 'string';
          if (refused) logger.error({ service, error: error.message }, 'a stream was refused');
          return refused
            ? fault('SERVICE_UNAVAILABLE', `${service} cannot serve this stream`, { service })
            : new GraphQLError(error.message, { extensions: { code, service } });
        }),
      );
    case 'unavailable':
      return new OperationErrors([
        fault('SERVICE_UNAVAILABLE', `${service} does not answer`, { service }),
      ]);
    case 'interrupted':
      return new OperationErrors([
        fault(
          'STREAM_INTERRUPTED',
          `${service} was away and this stream has no sequence yet; subscribe again, with \`after\``,
          { service },
        ),
      ]);
  }
}
