import {
  MDEntryType,
  MDReqRejReason,
  MDUpdateType,
  MsgType,
  SubscriptionRequestType,
} from '#fix/dictionary.ts';
import { field, requireField, Tag } from '#fix/fields.ts';
import type { FixMessage } from '#fix/types.ts';
import { Refusal } from '#kit/errors.ts';
import { findInstrument } from '../../domain/instruments.ts';

/** What a client wants to see of which books. */
export interface MarketDataRequest {
  readonly id: string;
  readonly kind: 'SNAPSHOT' | 'SUBSCRIBE' | 'UNSUBSCRIBE';
  readonly symbols: readonly string[];
  /** Price levels of each side; 0 means all. */
  readonly depth: number;
  readonly isIncremental: boolean;
  readonly wantsBids: boolean;
  readonly wantsAsks: boolean;
}

/** `code` is an MDReqRejReason (281). */
export class MarketDataRefusal extends Refusal {}

const unsupportedAggregatedBook = '7';
const kinds: Readonly<Record<string, MarketDataRequest['kind']>> = {
  [SubscriptionRequestType.Snapshot]: 'SNAPSHOT',
  [SubscriptionRequestType.Subscribe]: 'SUBSCRIBE',
  [SubscriptionRequestType.Unsubscribe]: 'UNSUBSCRIBE',
};

/** @throws MarketDataRefusal naming what is not offered */
export function readMarketDataRequest(message: FixMessage): MarketDataRequest {
  const reason = MDReqRejReason;
  const kind = kinds[requireField(message, Tag.SubscriptionRequestType)];
  if (!kind) refuse(reason.UnsupportedSubscriptionRequestType, 'SubscriptionRequestType');
  const depth = Number(requireField(message, Tag.MarketDepth));
  if (depth > 100) refuse(reason.UnsupportedMarketDepth, 'MarketDepth is above 100');
  const update = field(message, Tag.MDUpdateType) ?? MDUpdateType.FullRefresh;
  const isIncremental = update === MDUpdateType.Incremental;
  if (!isIncremental && update !== MDUpdateType.FullRefresh) {
    refuse(reason.UnsupportedMDUpdateType, 'MDUpdateType');
  }
  if (field(message, Tag.AggregatedBook) === 'N') {
    refuse(unsupportedAggregatedBook, 'only price levels are published');
  }
  const types = all(message, Tag.MDEntryType);
  const isOffered = (type: string) => type === MDEntryType.Bid || type === MDEntryType.Offer;
  if (!types.every(isOffered)) refuse(reason.UnsupportedMDEntryType, 'MDEntryType must be 0 or 1');
  const symbols = [...new Set(all(message, Tag.Symbol))];
  const unknown = symbols.find((symbol) => !findInstrument(symbol));
  if (unknown !== undefined) refuse(reason.UnknownSymbol, `${unknown} is not listed`);
  return {
    id: requireField(message, Tag.MDReqID),
    kind,
    symbols,
    depth,
    isIncremental,
    wantsBids: types.includes(MDEntryType.Bid),
    wantsAsks: types.includes(MDEntryType.Offer),
  };
}

/** Y for a request that is refused. */
export function marketDataReject(request: FixMessage, refusal: MarketDataRefusal): FixMessage {
  return {
    type: MsgType.MarketDataRequestReject,
    fields: [
      [Tag.MDReqID, requireField(request, Tag.MDReqID)],
      [Tag.MDReqRejReason, refusal.code],
      [Tag.Text, refusal.message],
    ],
  };
}

function refuse(reason: string, text: string): never {
  throw new MarketDataRefusal(reason, text);
}

function all(message: FixMessage, tag: number): readonly string[] {
  return message.fields.filter(([candidate]) => candidate === tag).map(([, value]) => value);
}
