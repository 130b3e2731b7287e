import { watchedGauge } from '#kit/metrics.ts';
import type { OperationLimits } from './config.ts';
import type { Clients } from './subscriptions/clients.ts';
import type { LiveStreams } from './subscriptions/live-streams.ts';

const connections = watchedGauge(
  'mammon_gateway_connections',
  'Sockets, and HTTP responses that streams run on',
);
const users = watchedGauge('mammon_gateway_connected_users', 'Users who have a connection');
const subscriptions = watchedGauge('mammon_gateway_subscriptions', 'Subscriptions of clients');
const streams = watchedGauge(
  'mammon_gateway_streams',
  'Streams from subgraphs: private ones, and those that clients share',
  ['kind'],
);
const limitOf = watchedGauge(
  'mammon_gateway_limit',
  'What is allowed: of an operation, a socket, a user, this gateway',
  ['limit'],
);

/** Tells what a gateway carries, beside what it may carry. @returns ends it */
export function watchGateway(
  clients: Pick<Clients, 'figures'>,
  live: Pick<LiveStreams, 'figures'>,
  limits: OperationLimits,
): () => void {
  const ends = [
    connections.watch({}, () => clients.figures().connections),
    users.watch({}, () => clients.figures().users),
    subscriptions.watch({}, () => live.figures().followers),
    streams.watch({ kind: 'private' }, () => live.figures().private),
    streams.watch({ kind: 'shared' }, () => live.figures().shared),
    ...Object.entries(limits).map(([limit, most]) => limitOf.watch({ limit }, () => most)),
  ];
  return () => ends.forEach((end) => end());
}
