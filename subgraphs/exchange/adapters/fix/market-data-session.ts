import { MsgType } from '#fix/dictionary.ts';
import { field, GroupMismatch, MissingField, Tag } from '#fix/fields.ts';
import { createInitiator } from '#fix/initiator.ts';
import { createMemoryStore } from '#fix/memory-store.ts';
import type { FixSession, SessionSettings } from '#fix/session-types.ts';
import type { FixMessage, SessionId } from '#fix/types.ts';
import { newId } from '#kit/ids.ts';
import { listInstruments } from '../../application/list-instruments.ts';
import type { Exchange } from '../../application/ports.ts';
import { changeBook, replaceBook } from '../../domain/book.ts';
import type { Books } from '../messaging/market-data-publisher.ts';
import { marketDataRequest, securityListRequest } from './outbound-messages.ts';
import { Unreadable } from './read-fields.ts';
import { readChanges, readSecurityList, readSnapshot } from './read-market-data.ts';

export interface MarketDataSessionOptions {
  readonly exchange: Exchange;
  readonly host: string;
  readonly port: number;
  readonly id: SessionId;
  readonly settings: SessionSettings;
  readonly reconnect: { readonly minimumMs: number; readonly maximumMs: number };
  /** What is known of the market; emptied whenever the session ends. */
  readonly books: Books;
}

/**
 * The session that instruments and prices come by. It remembers nothing: at each logon both sides
 * begin at 1, the instruments are listed and all their books asked for.
 */
export function createMarketDataSession(options: MarketDataSessionOptions) {
  const { exchange, books } = options;
  let listed = false;
  return createInitiator({
    host: options.host,
    port: options.port,
    id: options.id,
    store: createMemoryStore({ clock: exchange.clock, maximumMessages: 100 }),
    settings: { ...options.settings, resetOnLogon: true },
    reconnect: options.reconnect,
    logger: exchange.logger,
    clock: exchange.clock,
    handlers: {
      async onLogon(session) {
        await session.send([securityListRequest(newId())]);
      },
      async onMessage(message, session) {
        try {
          await take(message, session);
        } catch (error) {
          if (!(error instanceof Unreadable) && !isMalformed(error)) throw error;
          // A book that missed a change is wrong: begin again with a snapshot.
          exchange.logger.error({ error: error.message }, 'unreadable market data');
          session.disconnect('unreadable market data');
        }
      },
      onDisconnected: () => books.clear(),
      // What was asked on an earlier connection died with it.
      shouldResend: (stored) => exchange.clock().getTime() - stored.storedAt.getTime() < 10_000,
    },
  });

  async function take(message: FixMessage, session: FixSession): Promise<void> {
    switch (message.type) {
      case MsgType.SecurityList: {
        const instruments = readSecurityList(message);
        await listInstruments(exchange, instruments, !listed);
        listed = true;
        const symbols = instruments.map((instrument) => instrument.symbol);
        if (symbols.length > 0) await session.send([marketDataRequest(newId(), symbols)]);
        return;
      }
      case MsgType.MarketDataSnapshotFullRefresh: {
        const { symbol, entries } = readSnapshot(message);
        return books.change(symbol, (book) => replaceBook(book, entries));
      }
      case MsgType.MarketDataIncrementalRefresh:
        for (const [symbol, changes] of readChanges(message)) {
          books.change(symbol, (book) => changeBook(book, changes));
        }
        return;
      case MsgType.MarketDataRequestReject:
      case MsgType.BusinessMessageReject: {
        const reason = field(message, Tag.Text) ?? 'no reason given';
        return exchange.logger.error({ reason }, 'the venue refused to send market data');
      }
      default:
        exchange.logger.warn({ type: message.type }, 'the venue sent what nobody asked for');
    }
  }
}

const isMalformed = (error: unknown): error is Error =>
  error instanceof MissingField || error instanceof GroupMismatch;
