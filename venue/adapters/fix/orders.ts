import { BusinessRejectReason, MassStatusReqType } from '#fix/dictionary.ts';
import { field, requireField, Tag } from '#fix/fields.ts';
import type { FixMessage, InboundMessage } from '#fix/types.ts';
import type { Clock } from '#kit/clock.ts';
import type { VenueStore } from '../../application/ports.ts';
import type { Venue } from '../../application/venue.ts';
import { findInstrument } from '../../domain/instruments.ts';
import {
  cancelReject,
  refusalReport,
  statusReport,
  unknownStatusReport,
} from './execution-reports.ts';
import { BusinessReject, firm, nameOf, sideCode, timeInForceCode, typeCode } from './values.ts';

/** Answers beyond the reports that were stored with the change; often none. */
export type Answers = readonly FixMessage[];

export interface OrderHandlers {
  place(message: InboundMessage): Promise<Answers>;
  cancel(message: InboundMessage): Promise<Answers>;
  status(message: InboundMessage): Promise<Answers>;
  massStatus(message: InboundMessage): Promise<Answers>;
}

const maximumStatuses = 10_000;
const recentMs = 86_400_000;
/** Side (54) where there is no order; the standard wants one in every report. */
const undisclosedSide = '7';

export function orderHandlers(venue: Venue, store: VenueStore, clock: Clock): OrderHandlers {
  return {
    async place(message) {
      const outcome = await venue.place(orderRequest(message), isRepeat(message));
      if (outcome.kind === 'refused') return [refusalReport(message, outcome.refusal, clock())];
      return outcome.kind === 'status' ? [statusReport(outcome.order)] : [];
    },
    async cancel(message) {
      const request = {
        owner: firm,
        clOrdId: requireField(message, Tag.ClOrdID),
        origClOrdId: requireField(message, Tag.OrigClOrdID),
        symbol: requireField(message, Tag.Symbol),
        side: nameOf(sideCode, field(message, Tag.Side)),
        isRepeat: isRepeat(message),
      };
      const outcome = await venue.cancel(request);
      const now = clock();
      switch (outcome.kind) {
        case 'canceled':
          return [];
        case 'status':
          return [statusReport(outcome.order)];
        case 'unknown':
          return [cancelReject(request, undefined, 'UNKNOWN', now)];
        case 'mismatch':
          return [cancelReject(request, outcome.order, 'MISMATCH', now)];
        case 'ended':
          return [cancelReject(request, outcome.order, 'ENDED', now)];
      }
    },
    async status(message) {
      const clOrdId = requireField(message, Tag.ClOrdID);
      const id = field(message, Tag.OrdStatusReqID);
      const echoed = id === undefined ? [] : [[Tag.OrdStatusReqID, id] as const];
      const order = await store.findOrder(firm, clOrdId);
      if (order) return [statusReport(order, ...echoed)];
      const symbol = requireField(message, Tag.Symbol);
      const side = requireField(message, Tag.Side);
      const request = { clOrdId, symbol, side };
      return [unknownStatusReport(request, clock(), 'no such order', ...echoed)];
    },
    massStatus: (message) => massStatus(message, store, clock()),
  };
}

async function massStatus(message: FixMessage, store: VenueStore, now: Date): Promise<Answers> {
  const id = requireField(message, Tag.MassStatusReqID);
  const symbol = massStatusSymbol(message, id);
  const changedSince = new Date(now.getTime() - recentMs);
  const orders = await store.listOrders(firm, { changedSince, symbol }, maximumStatuses);
  if (orders.length === 0) {
    const none = { symbol: symbol ?? '[N/A]', side: undisclosedSide };
    return [
      unknownStatusReport(
        none,
        now,
        'no orders',
        [Tag.MassStatusReqID, id],
        [Tag.TotNumReports, '0'],
        [Tag.LastRptRequested, 'Y'],
      ),
    ];
  }
  return orders.map((order, index) =>
    statusReport(
      order,
      [Tag.MassStatusReqID, id],
      [Tag.TotNumReports, String(orders.length)],
      [Tag.LastRptRequested, index === orders.length - 1 ? 'Y' : 'N'],
    ),
  );
}

/** The one symbol that is asked for; undefined for all. */
function massStatusSymbol(message: FixMessage, id: string): string | undefined {
  const type = field(message, Tag.MassStatusReqType);
  if (type === MassStatusReqType.AllOrders) return undefined;
  const { Other, UnknownSecurity } = BusinessRejectReason;
  if (type !== MassStatusReqType.Security) {
    throw new BusinessReject(Other, 'MassStatusReqType must be 1 or 7', id);
  }
  const symbol = field(message, Tag.Symbol);
  if (symbol === undefined || !findInstrument(symbol)) {
    throw new BusinessReject(UnknownSecurity, 'Symbol is not listed', id);
  }
  return symbol;
}

function orderRequest(message: FixMessage) {
  return {
    owner: firm,
    clOrdId: requireField(message, Tag.ClOrdID),
    account: field(message, Tag.Account) ?? null,
    symbol: requireField(message, Tag.Symbol),
    side: nameOf(sideCode, field(message, Tag.Side)),
    type: nameOf(typeCode, field(message, Tag.OrdType)),
    timeInForce: nameOf(timeInForceCode, field(message, Tag.TimeInForce) ?? timeInForceCode.DAY),
    quantity: field(message, Tag.OrderQty) ?? '',
    price: field(message, Tag.Price) ?? null,
  };
}

function isRepeat({ possDup, possResend }: InboundMessage): boolean {
  return possDup || possResend;
}
