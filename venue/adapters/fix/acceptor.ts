import { createHash, timingSafeEqual } from 'node:crypto';
import { createAcceptor } from '#fix/acceptor.ts';
import { BusinessRejectReason, MsgType } from '#fix/dictionary.ts';
import { compact, field, GroupMismatch, MissingField, Tag } from '#fix/fields.ts';
import { createMemoryStore } from '#fix/memory-store.ts';
import type { Acceptor, FixSession, LogonRequest } from '#fix/session-types.ts';
import type { FixMessage, FixStore, InboundMessage, SessionId } from '#fix/types.ts';
import type { Clock } from '#kit/clock.ts';
import type { Logger } from '#kit/log.ts';
import type { EntityManager } from '#kit/orm.ts';
import { traced } from '#kit/tracing.ts';
import type { Reports, VenueStore } from '../../application/ports.ts';
import type { Venue } from '../../application/venue.ts';
import { executionReport } from './execution-reports.ts';
import { createMarketData } from './market-data.ts';
import { orderHandlers } from './orders.ts';
import { securityList, VenueTag } from './securities.ts';
import { tradeCapture } from './trades.ts';
import { BusinessReject } from './values.ts';

export const compId = 'SANDBOX';

/** Where all reports of orders and trades go, connected or not. */
const orderSession: SessionId = { sender: compId, target: 'MAMMON' };

const { NewOrderSingle, OrderCancelRequest, OrderStatusRequest, OrderMassStatusRequest } = MsgType;
const { TradeCaptureReportRequest, SecurityListRequest, MarketDataRequest } = MsgType;
const reads: readonly string[] = [
  OrderStatusRequest,
  OrderMassStatusRequest,
  TradeCaptureReportRequest,
  SecurityListRequest,
];

/** The clients and what each may send. */
const clients: Readonly<Record<string, readonly string[]>> = {
  MAMMON: [...reads, NewOrderSingle, OrderCancelRequest],
  'MAMMON-MD': [SecurityListRequest, MarketDataRequest],
  'MAMMON-AUDIT': reads,
};
const known = new Set(Object.values(clients).flat());
const nameOfType = new Map<string, string>(
  Object.entries(MsgType).map(([name, type]) => [type, name]),
);

/** Reports of what happened to orders, through the order session's persistent store. */
export function createReports(
  store: FixStore,
  acceptor: () => Acceptor | undefined,
): Reports<EntityManager> {
  return {
    async append(executions, transaction) {
      await store.append(orderSession, executions.map(executionReport), transaction);
    },
    flush: () => acceptor()?.session(orderSession)?.flush(),
  };
}

export interface VenueAcceptorOptions {
  readonly host: string;
  readonly port: number;
  readonly password: string;
  readonly venue: Venue;
  readonly store: VenueStore;
  /** Of the order session; the others keep theirs in memory. */
  readonly fixStore: FixStore;
  readonly marketDataIntervalMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The FIX sessions of README.md. */
export function createVenueAcceptor(options: VenueAcceptorOptions): Acceptor {
  const { host, port, password, venue, store, fixStore, clock, logger } = options;
  const intervalMs = options.marketDataIntervalMs;
  const marketData = createMarketData({ book: venue.book.bind(venue), clock, logger, intervalMs });
  const orders = orderHandlers(venue, store, clock);
  const inOrder: Readonly<
    Record<string, (message: InboundMessage) => Promise<readonly FixMessage[]>>
  > = {
    [NewOrderSingle]: orders.place,
    [OrderCancelRequest]: orders.cancel,
    [OrderStatusRequest]: orders.status,
    [OrderMassStatusRequest]: orders.massStatus,
    [TradeCaptureReportRequest]: (message) => tradeCapture(message, store),
    [SecurityListRequest]: async (message) => [securityList(message)],
  };
  const handle = async (message: InboundMessage, session: FixSession): Promise<void> => {
    checkAllowed(message, session.id.target);
    if (message.type === MarketDataRequest) return marketData.request(message, session);
    const answers = inOrder[message.type];
    // Answers get their numbers before anything that happens later is reported.
    const piece = {
      program: 'venue',
      name: `answer ${nameOfType.get(message.type) ?? message.type}`,
      cause: field(message, VenueTag.TraceParent),
    };
    await traced(piece, () =>
      venue.exclusive(async () => {
        await session.send((await answers?.(message)) ?? []);
      }),
    );
  };
  const acceptor = createAcceptor({
    host,
    port,
    compId,
    logger,
    clock,
    authenticate: (logon) => authenticate(logon, password),
    sessionFor: ({ target }) => ({
      store: target === orderSession.target ? fixStore : createMemoryStore({ clock }),
      settings: { acceptReset: target !== orderSession.target },
      handlers: {
        onMessage: (message, session) => answerRejects(message, session, handle),
        onDisconnected: () => {
          if (clients[target]?.includes(MarketDataRequest)) marketData.disconnected();
        },
      },
    }),
  });
  return {
    ...acceptor,
    async close() {
      marketData.close();
      await acceptor.close();
    },
  };
}

function authenticate({ id, username, password }: LogonRequest, expected: string): true | string {
  if (!Object.hasOwn(clients, id.target)) return 'SenderCompID is no client of this venue';
  if (username !== id.target) return 'Username is not the SenderCompID';
  const digest = (text: string) => createHash('sha256').update(text).digest();
  // Digests have one length, so that the comparison tells nothing by its time.
  return timingSafeEqual(digest(password ?? ''), digest(expected)) || 'wrong Password';
}

function checkAllowed(message: FixMessage, client: string): void {
  if (clients[client]?.includes(message.type)) return;
  if (known.has(message.type)) {
    throw new BusinessReject(notAuthorised, 'this session may not send that message');
  }
  const { UnsupportedMessageType } = BusinessRejectReason;
  throw new BusinessReject(UnsupportedMessageType, 'this venue does not know that message');
}

const notAuthorised = '6';

/** What a request lacks is its sender's fault: it is answered, or it would come for ever. */
async function answerRejects(
  message: InboundMessage,
  session: FixSession,
  handle: (message: InboundMessage, session: FixSession) => Promise<void>,
): Promise<void> {
  try {
    await handle(message, session);
  } catch (error) {
    await session.send([businessReject(message, error)]);
  }
}

/** @throws the error itself when it is nothing to tell a client */
function businessReject(message: InboundMessage, error: unknown): FixMessage {
  const isMalformed = error instanceof MissingField || error instanceof GroupMismatch;
  if (!(error instanceof BusinessReject) && !isMalformed) throw error;
  const { ConditionallyRequiredFieldMissing } = BusinessRejectReason;
  return {
    type: MsgType.BusinessMessageReject,
    fields: compact(
      [Tag.RefSeqNum, String(message.sequence)],
      [Tag.RefMsgType, message.type],
      [Tag.BusinessRejectRefID, isMalformed ? undefined : error.businessId],
      [Tag.BusinessRejectReason, isMalformed ? ConditionallyRequiredFieldMissing : error.code],
      [Tag.Text, error.message],
    ),
  };
}
