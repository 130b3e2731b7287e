import type { Clock } from '#kit/clock.ts';
import type { Logger } from '#kit/log.ts';

/** What the process gives to the gateway. */
export interface GatewayDeps {
  /** GraphiQL, introspection and hints exist in local mode only. */
  readonly local: boolean;
  readonly logger: Logger;
  readonly clock: Clock;
}
