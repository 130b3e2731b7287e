import { MsgType, Side, TradeRequestStatus } from '#fix/dictionary.ts';
import { field, requireField, Tag } from '#fix/fields.ts';
import { createInitiator } from '#fix/initiator.ts';
import { createMemoryStore } from '#fix/memory-store.ts';
import type { FixMessage } from '#fix/types.ts';
import { ConfigError } from '#kit/config.ts';
import { Fault } from '#kit/errors.ts';
import { newId } from '#kit/ids.ts';
import type { Logger } from '#kit/log.ts';
import { allTrades, tradesOfDays } from './outbound-messages.ts';
import { readTradeCapture } from './read-report.ts';
import type { FixAddress } from './venue-link.ts';

/** A trade of ours as the venue's own books have it. */
export interface VenueTrade {
  readonly tradeDate: string;
  readonly execId: string;
  readonly clOrdId: string;
  readonly symbol: string;
  readonly side: 'BUY' | 'SELL';
  /** Plain decimals. */
  readonly quantity: string;
  readonly price: string;
}

export interface VenueTradesSettings {
  readonly fix: FixAddress;
  readonly logger: Logger;
  /** `YYYYMMDD`, both included; all days when left out. */
  readonly days?: { readonly from: string; readonly to: string };
  /** How long the whole conversation may take. 30 s. */
  readonly timeoutMs?: number;
}

const auditSessionId = { sender: 'MAMMON-AUDIT', target: 'SANDBOX' };

/**
 * Asks the venue for all of our trades over a read-only session of its own.
 * @throws ConfigError when the venue does not answer in time; Fault when it refuses
 */
export async function venueTrades(settings: VenueTradesSettings): Promise<VenueTrade[]> {
  const { fix, logger, days, timeoutMs = 30_000 } = settings;
  const requestId = newId();
  const trades: VenueTrade[] = [];
  let expected: number | undefined;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const initiator = createInitiator({
    host: fix.host,
    port: fix.port,
    id: auditSessionId,
    store: createMemoryStore(),
    settings: { username: auditSessionId.sender, password: fix.password, resetOnLogon: true },
    logger,
    handlers: {
      async onLogon(session) {
        trades.length = 0;
        expected = undefined;
        const request = days ? tradesOfDays(requestId, days.from, days.to) : allTrades(requestId);
        await session.send([request]);
      },
      async onMessage(message) {
        if (field(message, Tag.TradeRequestID) !== requestId) return refuse(message);
        if (message.type === MsgType.TradeCaptureReportRequestAck) expected = countOf(message);
        if (message.type === MsgType.TradeCaptureReport) trades.push(tradeOf(message));
        if (trades.length === expected) resolve();
      },
    },
  });
  const timer = setTimeout(() => reject(silent(fix, timeoutMs)), timeoutMs);
  initiator.start();
  try {
    await promise;
    return trades;
  } finally {
    clearTimeout(timer);
    await initiator.stop();
  }

  /** How many trades follow. */
  function countOf(answer: FixMessage): number | undefined {
    if (requireField(answer, Tag.TradeRequestStatus) === TradeRequestStatus.Rejected) {
      reject(new Fault(`the venue refused to list its trades: ${field(answer, Tag.Text) ?? ''}`));
      return undefined;
    }
    return Number(requireField(answer, Tag.TotNumTradeReports));
  }

  function refuse(message: FixMessage): void {
    if (message.type !== MsgType.BusinessMessageReject) return;
    reject(new Fault(`the venue refused the question: ${field(message, Tag.Text) ?? ''}`));
  }
}

function silent({ host, port }: FixAddress, timeoutMs: number): ConfigError {
  return new ConfigError(
    `the venue at ${host}:${port} did not list its trades within ${timeoutMs / 1_000} s: see that ` +
      'it runs there and that FIX_HOST, FIX_PORT (VENUE_FIX_PORT) and FIX_PASSWORD are right',
  );
}

function tradeOf(message: FixMessage): VenueTrade {
  const { clOrdId, report } = readTradeCapture(message);
  if (report.kind !== 'TRADE') throw new Fault('a trade capture report is a trade');
  const { tradeDate, execId, quantity, price } = report.trade;
  return {
    tradeDate,
    execId,
    clOrdId,
    symbol: requireField(message, Tag.Symbol),
    side: requireField(message, Tag.Side) === Side.Buy ? 'BUY' : 'SELL',
    quantity,
    price,
  };
}
