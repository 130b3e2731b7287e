import type { MikroORM } from '@mikro-orm/postgresql';
import type { FixStore, SessionId } from '#fix/types.ts';
import { startLease } from '#kit/lease.ts';
import { describeError } from '#kit/log.ts';
import { pause } from '#kit/pause.ts';
import type { LivePubSub } from '#kit/pubsub.ts';
import type { Exchange } from '../../application/ports.ts';
import { expireUnsent } from '../../application/expire-unsent.ts';
import { markUnknown, probeDoubtful } from '../../application/probe-orders.ts';
import { createMarketDataPublisher } from '../messaging/market-data-publisher.ts';
import { saveVenueStatus } from '../postgres/venue-status.ts';
import { createMarketDataSession } from './market-data-session.ts';
import { createOrderSession } from './order-session.ts';
import { outboundChannel } from './venue-route.ts';

export interface VenueLinkSettings {
  readonly exchange: Exchange;
  readonly databaseUrl: string;
  readonly orm: MikroORM;
  readonly store: FixStore;
  readonly pubsub: LivePubSub;
  readonly fix: FixAddress;
  readonly tickMs: number;
  readonly marketDataIntervalMs: number;
  readonly reconnect: { readonly minimumMs: number; readonly maximumMs: number };
}

export interface FixAddress {
  readonly host: string;
  readonly port: number;
  readonly password: string;
}

export const orderSessionId: SessionId = { sender: 'MAMMON', target: 'SANDBOX' };
const marketDataSessionId: SessionId = { sender: 'MAMMON-MD', target: 'SANDBOX' };
const repeatMs = 1_000;

interface Sessions {
  flush(): void;
  /** Ends both connections; politely, or at once when somebody else may be logging on already. */
  close(politely: boolean): Promise<void>;
}

/**
 * Holds the sessions with the venue while it holds their lease: at most one process does, and the
 * others stand by to take over.
 */
export async function startVenueLink(
  settings: VenueLinkSettings,
): Promise<{ close(): Promise<void> }> {
  const { exchange } = settings;
  let sessions: Sessions | undefined;
  const lease = await startLease({
    databaseUrl: settings.databaseUrl,
    name: `fix ${orderSessionId.sender} ${orderSessionId.target}`,
    logger: exchange.logger,
    listen: { channel: outboundChannel, onNotify: () => sessions?.flush() },
    async onAcquired(lost) {
      // What an earlier holder sent has lost its connection, and perhaps its answer.
      await markUnknown(exchange, exchange.clock());
      sessions = openSessions(settings, lost);
    },
    async onLost() {
      const held = sessions;
      sessions = undefined;
      await held?.close(false);
    },
  });
  return {
    async close() {
      const held = sessions;
      sessions = undefined;
      await held?.close(true);
      await lease.close();
    },
  };
}

function openSessions(settings: VenueLinkSettings, lost: AbortSignal): Sessions {
  const { exchange, fix, pubsub, store, reconnect } = settings;
  const { venue, clock, logger } = exchange;
  const common = { exchange, host: fix.host, port: fix.port, reconnect };
  const books = createMarketDataPublisher({
    venue,
    pubsub,
    logger,
    clock,
    intervalMs: settings.marketDataIntervalMs,
    repeatMs,
  });
  let connected = false;
  const orders = createOrderSession({
    ...common,
    id: orderSessionId,
    store,
    settings: { username: orderSessionId.sender, password: fix.password, heartbeatSeconds: 10 },
    onConnected(now) {
      connected = now;
      saveStatus().catch(logStatus);
    },
  });
  const marketData = createMarketDataSession({
    ...common,
    id: marketDataSessionId,
    // A short heartbeat: prices of a dead connection must not look alive.
    settings: {
      username: marketDataSessionId.sender,
      password: fix.password,
      heartbeatSeconds: 2,
    },
    books,
  });
  const over = new AbortController();
  const ticking = tick(AbortSignal.any([lost, over.signal]));
  lost.addEventListener('abort', () => {
    if (over.signal.aborted) return;
    orders.session.disconnect('the lease was lost');
    marketData.session.disconnect('the lease was lost');
  });
  orders.start();
  marketData.start();
  return {
    flush: () => orders.session.flush(),
    async close(politely) {
      over.abort();
      if (!politely) {
        orders.session.disconnect('the lease was lost');
        marketData.session.disconnect('the lease was lost');
      }
      await Promise.all([orders.stop(), marketData.stop(), ticking]);
      await books.close();
      connected = false;
      if (politely) await saveStatus().catch(logStatus);
    },
  };

  /** Looks after what no message will remind us of. */
  async function tick(until: AbortSignal): Promise<void> {
    while (!until.aborted) {
      try {
        await saveStatus();
        const { acknowledgeMs } = exchange.timing;
        await markUnknown(exchange, new Date(clock().getTime() - acknowledgeMs));
        await expireUnsent(exchange);
        if (connected) await probeDoubtful(exchange);
        orders.session.flush();
      } catch (error) {
        logger.warn(describeError(error), 'looking after open orders failed; trying again');
      }
      await pause(settings.tickMs, until);
    }
  }

  function saveStatus(): Promise<void> {
    return saveVenueStatus(settings.orm.em.fork(), venue, connected, clock());
  }

  function logStatus(error: unknown): void {
    logger.warn(describeError(error), "the venue's status could not be stored");
  }
}
