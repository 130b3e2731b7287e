import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from '#kit/log.ts';
import { fault, presentError, type FaultDetails } from '../errors.ts';
import type { PumpEnd } from './pump.ts';

/** The errors that end a stream; undefined for one that its subgraph completed. */
export function explainEnd(
  end: PumpEnd,
  service: string,
  logger: Logger,
): readonly GraphQLFormattedError[] | undefined {
  if (end.kind === 'unjoined') return [unjoinedError(end)];
  return errorsOf(end, service, logger)?.map((error) => presentError(error, logger));
}

/** Ends a stream that the new supergraph does not have. */
export const supergraphChanged = () =>
  fault('SUPERGRAPH_CHANGED', 'the API has changed and no longer has this subscription');

/** Refuses new work while the gateway drains. */
export const restarting = (details: FaultDetails = {}) =>
  fault('SERVICE_RESTARTING', 'the gateway restarts; connect again', details);

function unjoinedError({ service, after }: Unjoined): GraphQLFormattedError {
  const from = after === null ? 'with `after`' : `after: ${after}`;
  const resume = after === null ? {} : { resumeAfter: after };
  return {
    message: `${service} was away and events wait for it; subscribe again, ${from}`,
    extensions: { code: 'STREAM_INTERRUPTED', service, ...resume },
  };
}

/** @param resumeAfter the last sequence that was sent; null for streams without sequences */
export function tooSlowError(field: string, resumeAfter: number | null): GraphQLFormattedError {
  const from = resumeAfter === null ? 'from now' : `after: ${resumeAfter}`;
  const extensions = { code: 'TOO_SLOW', ...(resumeAfter === null ? {} : { resumeAfter }) };
  return { message: `too slow for ${field}; resume ${from}`, extensions };
}

type Unjoined = PumpEnd & { kind: 'unjoined' };

function errorsOf(
  end: Exclude<PumpEnd, Unjoined>,
  service: string,
  logger: Logger,
): readonly GraphQLError[] | undefined {
  switch (end.kind) {
    case 'completed':
      return undefined;
    case 'failed':
      return end.errors.map((error) => {
        const code = error.extensions?.['code'];
        const refused = code === 'IDENTITY_REQUIRED' || typeof code !== 'string';
        if (refused) logger.error({ service, error: error.message }, 'a stream was refused');
        return refused
          ? fault('SERVICE_UNAVAILABLE', `${service} cannot serve this stream`, { service })
          : new GraphQLError(error.message, { extensions: { code, service } });
      });
    case 'unavailable':
      return [fault('SERVICE_UNAVAILABLE', `${service} does not answer`, { service })];
    case 'interrupted':
      return [
        fault(
          'STREAM_INTERRUPTED',
          `${service} was away and this stream has no sequence yet; subscribe again, with \`after\``,
          { service },
        ),
      ];
    case 'retired':
    case 'broken':
      return [fault('STREAM_INTERRUPTED', 'the stream broke; subscribe again', { service })];
  }
}
