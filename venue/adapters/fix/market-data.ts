import { MDEntryType, MDReqRejReason, MDUpdateAction, MsgType } from '#fix/dictionary.ts';
import { compact, formatTimestamp, Tag } from '#fix/fields.ts';
import type { FixSession } from '#fix/session-types.ts';
import type { FixField, FixMessage } from '#fix/types.ts';
import type { Clock } from '#kit/clock.ts';
import { describeError, type Logger } from '#kit/log.ts';
import type { Book, Side } from '../../domain/book.ts';
import { changes, type Depth, depthOf, type Level, type LevelChange } from '../../domain/depth.ts';
import {
  type MarketDataRequest,
  MarketDataRefusal,
  marketDataReject,
  readMarketDataRequest,
} from './market-data-request.ts';
import { listed, priceText, quantityText } from './values.ts';

/** Published books: conflated, so that a client gets the newest state and never a queue of old ones. */
export interface MarketData {
  request(message: FixMessage, session: FixSession): Promise<void>;
  /** Subscriptions end with their connection. */
  disconnected(): void;
  close(): void;
}

interface Subscription {
  readonly request: MarketDataRequest;
  readonly session: FixSession;
  /** What the client has of each symbol. */
  readonly sent: Map<string, Depth>;
}

const maximumSubscriptions = 64;

export function createMarketData(options: {
  readonly book: (symbol: string) => Book;
  readonly clock: Clock;
  readonly logger: Logger;
  /** At most one update of a symbol in this time. */
  readonly intervalMs: number;
}): MarketData {
  const { book, clock, logger, intervalMs } = options;
  const subscriptions = new Map<string, Subscription>();
  let isPublishing = false;

  const publish = async (): Promise<void> => {
    // A client that takes its time gets the next state, not every one in between.
    if (isPublishing) return;
    isPublishing = true;
    try {
      for (const subscription of subscriptions.values()) {
        const messages = updates(subscription, book, clock());
        if (messages.length > 0) await subscription.session.send(messages);
      }
    } catch (error) {
      logger.error({ ...describeError(error) }, 'market data could not be sent');
    } finally {
      isPublishing = false;
    }
  };
  const timer = setInterval(() => void publish(), intervalMs);

  const answer = async (request: MarketDataRequest, session: FixSession): Promise<void> => {
    if (request.kind === 'UNSUBSCRIBE') {
      subscriptions.delete(request.id);
      return;
    }
    if (request.kind === 'SUBSCRIBE') {
      if (subscriptions.has(request.id)) {
        throw new MarketDataRefusal(MDReqRejReason.DuplicateMDReqID, 'MDReqID is in use');
      }
      if (subscriptions.size >= maximumSubscriptions) {
        const { UnsupportedSubscriptionRequestType } = MDReqRejReason;
        throw new MarketDataRefusal(UnsupportedSubscriptionRequestType, 'too many subscriptions');
      }
    }
    const sent = new Map(request.symbols.map((symbol) => [symbol, view(request, book(symbol))]));
    const now = clock();
    await session.send([...sent].map(([symbol, depth]) => snapshot(request, symbol, depth, now)));
    // Updates begin after the snapshot has its number.
    if (request.kind === 'SUBSCRIBE') subscriptions.set(request.id, { request, session, sent });
  };

  return {
    async request(message, session) {
      try {
        await answer(readMarketDataRequest(message), session);
      } catch (error) {
        if (!(error instanceof MarketDataRefusal)) throw error;
        await session.send([marketDataReject(message, error)]);
      }
    },
    disconnected: () => subscriptions.clear(),
    close: () => clearInterval(timer),
  };
}

function updates(
  { request, sent }: Subscription,
  book: (symbol: string) => Book,
  now: Date,
): readonly FixMessage[] {
  return [...sent].flatMap(([symbol, before]) => {
    const after = view(request, book(symbol));
    const changed = changes(before, after);
    if (changed.length === 0) return [];
    sent.set(symbol, after);
    if (!request.isIncremental) return [snapshot(request, symbol, after, now)];
    return [incremental(request, symbol, changed, now)];
  });
}

function view(request: MarketDataRequest, book: Book): Depth {
  const depth = depthOf(book, request.depth);
  return {
    bids: request.wantsBids ? depth.bids : [],
    asks: request.wantsAsks ? depth.asks : [],
  };
}

function snapshot(request: MarketDataRequest, symbol: string, depth: Depth, now: Date): FixMessage {
  const entries = [
    ...depth.bids.map((level) => entry(symbol, 'BUY', level, now)),
    ...depth.asks.map((level) => entry(symbol, 'SELL', level, now)),
  ];
  return {
    type: MsgType.MarketDataSnapshotFullRefresh,
    fields: [
      [Tag.MDReqID, request.id],
      [Tag.Symbol, symbol],
      [Tag.NoMDEntries, String(entries.length)],
      ...entries.flat(),
    ],
  };
}

function incremental(
  request: MarketDataRequest,
  symbol: string,
  changed: readonly LevelChange[],
  now: Date,
): FixMessage {
  return {
    type: MsgType.MarketDataIncrementalRefresh,
    fields: [
      [Tag.MDReqID, request.id],
      [Tag.NoMDEntries, String(changed.length)],
      ...changed.flatMap((change) => changedEntry(symbol, change, now)),
    ],
  };
}

const actions = {
  NEW: MDUpdateAction.New,
  CHANGE: MDUpdateAction.Change,
  DELETE: MDUpdateAction.Delete,
} as const;

function changedEntry(symbol: string, change: LevelChange, now: Date): readonly FixField[] {
  const instrument = listed(symbol);
  const isGone = change.action === 'DELETE';
  return compact(
    [Tag.MDUpdateAction, actions[change.action]],
    [Tag.MDEntryType, entryType[change.side]],
    [Tag.MDEntryID, entryId(symbol, change.side, change.price)],
    [Tag.Symbol, symbol],
    [Tag.MDEntryPx, priceText(change.price, instrument)],
    [Tag.MDEntrySize, isGone ? undefined : quantityText(change.quantity, instrument)],
    ...moment(now),
  );
}

function entry(symbol: string, side: Side, level: Level, now: Date): readonly FixField[] {
  const instrument = listed(symbol);
  return [
    [Tag.MDEntryType, entryType[side]],
    [Tag.MDEntryPx, priceText(level.price, instrument)],
    [Tag.MDEntrySize, quantityText(level.quantity, instrument)],
    [Tag.MDEntryID, entryId(symbol, side, level.price)],
    ...moment(now),
  ];
}

const entryType: Readonly<Record<Side, string>> = {
  BUY: MDEntryType.Bid,
  SELL: MDEntryType.Offer,
};

function entryId(symbol: string, side: Side, price: bigint): string {
  return `${side === 'BUY' ? 'B' : 'A'}${priceText(price, listed(symbol))}`;
}

/** MDEntryDate and MDEntryTime: the two halves of a UTCTimestamp. */
function moment(time: Date): readonly FixField[] {
  const [date = '', clockTime = ''] = formatTimestamp(time).split('-');
  return [
    [Tag.MDEntryDate, date],
    [Tag.MDEntryTime, clockTime],
  ];
}
