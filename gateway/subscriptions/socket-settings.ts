import type { Server } from 'node:http';
import type { ApolloServer } from '@apollo/server';
import type { Clock } from '#kit/clock.ts';
import type { Logger } from '#kit/log.ts';
import type { Credentials, GatewayContext } from '../caller.ts';
import type { OperationLimits } from '../config.ts';
import type { KnownOperations } from '../executor/known-operations.ts';
import type { PersistedQueries } from '../persisted-queries/resolve.ts';
import type { RateLimits } from '../rate-limits/rate-limits.ts';
import type { Clients } from './clients.ts';
import type { LiveStreams } from './live-streams.ts';

export interface SocketServerSettings extends Credentials {
  readonly server: Server;
  readonly streams: LiveStreams;
  readonly clients: Clients;
  readonly apollo: ApolloServer<GatewayContext>;
  readonly known: KnownOperations;
  readonly persisted: PersistedQueries;
  readonly rates: RateLimits;
  readonly limits: OperationLimits;
  readonly logger: Logger;
  readonly clock: Clock;
}
