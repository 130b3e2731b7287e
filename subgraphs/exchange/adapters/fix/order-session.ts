import { MsgType, TradeRequestStatus } from '#fix/dictionary.ts';
import { field, GroupMismatch, MissingField, requireField, Tag } from '#fix/fields.ts';
import { createInitiator } from '#fix/initiator.ts';
import type { FixSession, Initiator, SessionSettings } from '#fix/session-types.ts';
import type { FixMessage, FixStore, SessionId, StoredMessage } from '#fix/types.ts';
import { idPattern } from '#kit/ids.ts';
import { describeError } from '#kit/log.ts';
import { refuseCancel } from '../../application/cancel-order.ts';
import { decideSending, decideSendingCancel } from '../../application/decide-sending.ts';
import type { Exchange } from '../../application/ports.ts';
import { askForOpenOrders, askForTrades, markUnknown } from '../../application/probe-orders.ts';
import {
  takeNoTrades,
  takeRefusal,
  takeReport,
  takeUnreadable,
  type ReceivedReport,
} from '../../application/take-report.ts';
import { Unreadable } from './read-fields.ts';
import { clOrdIdOf, readExecutionReport, readTradeCapture } from './read-report.ts';

export interface OrderSessionOptions {
  readonly exchange: Exchange;
  readonly host: string;
  readonly port: number;
  readonly id: SessionId;
  readonly store: FixStore;
  readonly settings: SessionSettings;
  readonly reconnect: { readonly minimumMs: number; readonly maximumMs: number };
  /** Told whenever the session is established or ends. */
  onConnected(connected: boolean): void;
}

/** A question is worth asking for this long; a later replay of it is gap filled. */
const questionLivesMs = 10_000;

/** The session that orders travel on: what comes in goes to the use cases, one by one. */
export function createOrderSession(options: OrderSessionOptions): Initiator {
  const { exchange, onConnected } = options;
  let isFirst = true;
  let marking: Promise<unknown> = Promise.resolve();
  const initiator = createInitiator({
    host: options.host,
    port: options.port,
    id: options.id,
    store: options.store,
    settings: options.settings,
    reconnect: options.reconnect,
    logger: exchange.logger,
    clock: exchange.clock,
    handlers: {
      onMessage: (message) => take(options, message),
      onReject: (reject) => takeReject(options, reject),
      async onLogon(session: FixSession) {
        onConnected(true);
        await askForOpenOrders(exchange);
        if (isFirst) await askForTrades(exchange);
        isFirst = false;
        session.flush();
      },
      onDisconnected() {
        onConnected(false);
        marking = markUnknown(exchange, exchange.clock()).catch((error: unknown) => {
          // The timer of unanswered orders finds them a little later.
          exchange.logger.warn(describeError(error), 'sent orders could not be marked unknown');
        });
      },
      shouldResend: (stored) => shouldSend(exchange, stored),
    },
  });
  return {
    ...initiator,
    // The end of the connection is written down before the database closes.
    async stop() {
      await initiator.stop();
      await marking;
    },
  };
}

async function shouldSend(exchange: Exchange, stored: StoredMessage): Promise<boolean> {
  switch (stored.type) {
    case MsgType.NewOrderSingle:
      return decideSending(exchange, requireField(stored, Tag.ClOrdID));
    case MsgType.OrderCancelRequest:
      return decideSendingCancel(exchange, requireField(stored, Tag.ClOrdID));
    default:
      return exchange.clock().getTime() - stored.storedAt.getTime() < questionLivesMs;
  }
}

async function take(options: OrderSessionOptions, message: FixMessage): Promise<void> {
  const { exchange } = options;
  switch (message.type) {
    case MsgType.ExecutionReport:
      return takeIfReadable(exchange, message, readExecutionReport);
    case MsgType.TradeCaptureReport:
      return takeIfReadable(exchange, message, readTradeCapture);
    case MsgType.TradeCaptureReportRequestAck:
      return takeTradesAnswer(exchange, message);
    case MsgType.OrderCancelReject:
      return refuseCancel(
        exchange,
        clOrdIdOf(message),
        requireField(message, Tag.ClOrdID),
        reasonOf(message, Tag.CxlRejReason),
      );
    case MsgType.BusinessMessageReject:
      return takeReject(options, message);
    default:
      exchange.logger.warn({ type: message.type }, 'the venue sent what nobody asked for');
  }
}

/** Only reading may fail here and be survived: a failed database is tried again by the session. */
async function takeIfReadable(
  exchange: Exchange,
  message: FixMessage,
  read: (message: FixMessage) => ReceivedReport | null,
): Promise<void> {
  let received: ReceivedReport | null;
  try {
    received = read(message);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    const clOrdId = field(message, Tag.OrigClOrdID) ?? field(message, Tag.ClOrdID) ?? null;
    const detail = `${message.type}: ${error.message}: ${JSON.stringify(message.fields)}`;
    return takeUnreadable(exchange, clOrdId, detail.slice(0, 2_000));
  }
  if (received) await takeReport(exchange, received);
}

const isUnreadable = (error: unknown): error is Error =>
  error instanceof Unreadable || error instanceof MissingField || error instanceof GroupMismatch;

/** AQ: only that there is no trade is news; trades come in messages of their own. */
async function takeTradesAnswer(exchange: Exchange, message: FixMessage): Promise<void> {
  const requestId = requireField(message, Tag.TradeRequestID);
  if (requireField(message, Tag.TradeRequestStatus) === TradeRequestStatus.Rejected) {
    const facts = { requestId, reason: reasonOf(message, Tag.TradeRequestResult) };
    return exchange.logger.warn(facts, 'the venue refused to list trades');
  }
  const none = field(message, Tag.TotNumTradeReports) === '0';
  if (none && idPattern.test(requestId)) await takeNoTrades(exchange, requestId);
}

/** Reject and BusinessMessageReject: of an order or a cancel it is an answer, else our own bug. */
async function takeReject(
  { exchange, store, id }: OrderSessionOptions,
  message: FixMessage,
): Promise<void> {
  const type = field(message, Tag.RefMsgType);
  const reason = reasonOf(message, Tag.BusinessRejectReason);
  const isOrder = type === MsgType.NewOrderSingle;
  if (!isOrder && type !== MsgType.OrderCancelRequest) {
    return exchange.logger.error({ type, reason }, 'the venue refused a message');
  }
  const sequence = Number(field(message, Tag.RefSeqNum) ?? 0);
  const [refused] = await store.read(id, sequence, sequence, 1);
  const clOrdId =
    field(message, Tag.BusinessRejectRefID) ?? (refused && field(refused, Tag.ClOrdID));
  if (clOrdId === undefined) {
    return exchange.logger.error({ type, sequence, reason }, 'the venue refused nobody knows what');
  }
  await takeRefusal(exchange, { what: isOrder ? 'ORDER' : 'CANCEL', clOrdId, reason });
}

const reasonOf = (message: FixMessage, codeTag: number): string =>
  field(message, Tag.Text) ?? `reason ${field(message, codeTag) ?? 'not given'}`;
