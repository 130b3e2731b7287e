import type { IncomingMessage } from 'node:http';
import {
  CloseCode,
  MessageType,
  stringifyMessage,
  type Message,
  type SubscribeMessage,
} from 'graphql-ws';
import type { WebSocket } from 'ws';
import { describeError } from '#kit/log.ts';
import type { GatewayContext } from '../caller.ts';
import { fault, presentError } from '../errors.ts';
import { admit, renew, SocketRefusal, type Admission } from './admission.ts';
import type { Client, ClientEnd } from './clients.ts';
import { executeOnce } from './execute-once.ts';
import type { SubscriptionRequest } from './live-streams.ts';
import { asOperationErrors, findOperation, OperationErrors } from './operation.ts';
import { readMessage, requestOf } from './read-message.ts';
import { restarting, tooSlowError } from './stream-ends.ts';
import { SocketFollower } from './socket-follower.ts';
import { countClosure } from './stream-metrics.ts';
import type { SocketServerSettings } from './socket-settings.ts';
import { SocketWire } from './socket-wire.ts';

const tryAgainLater = 1013;
const serviceRestart = 1012;
const initPatienceMs = 3_000;
const pingIntervalMs = 15_000;
/** A close reason's bytes. Source: RFC 6455, section 5.5. */
const reasonLimit = 123;
const noOperations: ReadonlyMap<string, () => void> = new Map();

/**
 * One client's graphql-transport-ws connection. It is a class and has no timers of its own because
 * there are thousands: their memory is what a gateway's size depends on.
 */
export class SocketSession extends SocketWire implements Client {
  context: GatewayContext | undefined;
  expiresAtMs = Infinity;
  readonly #settings: SocketServerSettings;
  readonly #socket: WebSocket;
  /** Forgotten once it has told who asks. */
  #request: IncomingMessage | undefined;
  #operations = noOperations as Map<string, () => void>;
  #executing = 0;
  #state: 'opened' | 'initialising' | 'acknowledged' | 'draining' = 'opened';
  readonly #openedAtMs: number;
  #pingedAtMs: number;
  #alive = true;
  #taken = 0;

  constructor(settings: SocketServerSettings, socket: WebSocket, request: IncomingMessage) {
    super(request.socket);
    this.#settings = settings;
    this.#socket = socket;
    this.#request = request;
    this.#openedAtMs = settings.clock().getTime();
    this.#pingedAtMs = this.#openedAtMs;
  }

  get #open(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  receive(text: string): void {
    this.#alive = true;
    if (!this.#open) return;
    let message: Message;
    try {
      message = readMessage(text);
    } catch {
      return this.close(CloseCode.BadRequest, 'Invalid message received');
    }
    this.#handle(message).catch((error: unknown) => this.#fail(error));
  }

  async #handle(message: Message): Promise<void> {
    switch (message.type) {
      case MessageType.ConnectionInit:
        return this.#initialise(message.payload);
      case MessageType.Ping:
        return this.#answerPing(message.payload);
      case MessageType.Pong:
        return undefined;
      case MessageType.Subscribe:
        return this.#subscribe(message);
      case MessageType.Complete:
        return this.#end(message.id);
      default:
        return this.close(CloseCode.BadRequest, `Unexpected message of type ${message.type}`);
    }
  }

  async #initialise(params: Readonly<Record<string, unknown>> | undefined): Promise<void> {
    const request = this.#request;
    if (this.#state !== 'opened' || !request) {
      const code = CloseCode.TooManyInitialisationRequests;
      return this.close(code, 'Too many initialisation requests');
    }
    this.#state = 'initialising';
    this.#request = undefined;
    const admission = await admit(this.#settings, request, params);
    if (!this.#open) return undefined;
    this.#take(admission);
    const exceeded = this.#settings.clients.identified(this);
    if (exceeded) return this.close(CloseCode.TooManyInitialisationRequests, exceeded);
    this.#state = 'acknowledged';
    return this.send({ type: MessageType.ConnectionAck });
  }

  #take({ context, expiresAtMs }: Admission): void {
    this.context = context;
    this.expiresAtMs = expiresAtMs;
  }

  /** A ping may bring a fresh token, so that a socket outlives the one that it began with. */
  async #answerPing(payload: Readonly<Record<string, unknown>> | undefined): Promise<void> {
    const { context } = this;
    const renewed = context && (await renew(this.#settings.tokens, context, payload));
    if (!renewed) return this.send({ type: MessageType.Pong, ...(payload ? { payload } : {}) });
    this.#take(renewed);
    const expiresAt = new Date(renewed.expiresAtMs).toISOString();
    return this.send({ type: MessageType.Pong, payload: { expiresAt } });
  }

  async #subscribe({ id, payload }: SubscribeMessage): Promise<void> {
    const { context } = this;
    if (!context || this.#state === 'opened' || this.#state === 'initialising') {
      return this.close(CloseCode.Unauthorized, 'Unauthorized');
    }
    if (this.#operations.has(id)) {
      return this.close(CloseCode.SubscriberAlreadyExists, `Subscriber for ${id} already exists`);
    }
    const mark = () => undefined;
    try {
      if (this.#state === 'draining') throw new OperationErrors([restarting()]);
      this.#refuseTooMany();
      const { limits, streams, rates, persisted } = this.#settings;
      this.#began(id, mark);
      await rates.admit(context).catch(asOperationErrors);
      // The client may have left it meanwhile.
      if (this.#operations.get(id) !== mark) return undefined;
      this.#operations.delete(id);
      const request = requestOf(persisted, payload, context);
      const operation = findOperation(request.query, request.operationName, limits.tokens);
      if (operation.operation !== 'subscription') {
        return await this.#execute(id, request, context);
      }
      const exceeded = this.#settings.clients.subscribed(this);
      if (exceeded) throw new OperationErrors([fault('TOO_MANY_SUBSCRIPTIONS', exceeded)]);
      this.#began(id, () => undefined);
      try {
        const leave = streams.follow(request, new SocketFollower(this, id));
        this.#began(id, () => {
          leave();
          this.#settings.clients.unsubscribed(this);
        });
      } catch (error) {
        this.#operations.delete(id);
        this.#settings.clients.unsubscribed(this);
        throw error;
      }
      return undefined;
    } catch (error) {
      if (this.#operations.get(id) === mark) this.#operations.delete(id);
      const { logger } = this.#settings;
      // A fault of one operation must not cost the socket's other streams.
      const all = error instanceof OperationErrors ? error.errors : [error];
      const errors = all.map((one) => presentError(one, logger));
      return this.send({ id, type: MessageType.Error, payload: errors });
    }
  }

  #refuseTooMany(): void {
    const { subscriptionsPerSocket: most } = this.#settings.limits;
    if (this.#operations.size < most) return;
    const message = `a socket carries at most ${most} operations`;
    throw new OperationErrors([fault('TOO_MANY_SUBSCRIPTIONS', message)]);
  }

  #began(id: string, end: () => void): void {
    if (this.#operations === noOperations) this.#operations = new Map();
    this.#operations.set(id, end);
  }

  async #execute(id: string, request: SubscriptionRequest, context: GatewayContext): Promise<void> {
    const mark = () => undefined;
    this.#began(id, mark);
    this.#executing += 1;
    const result = await executeOnce(this.#settings, request, context);
    this.#executing -= 1;
    // The client may have left it meanwhile, and begun another by its name.
    if (this.#operations.get(id) === mark) {
      this.#operations.delete(id);
      this.send({ id, type: MessageType.Next, payload: result });
      this.send({ id, type: MessageType.Complete });
    }
    if (this.#state === 'draining' && this.#executing === 0)
      this.close(serviceRestart, 'restarting');
  }

  #end(id: string): void {
    const end = this.#operations.get(id);
    this.#operations.delete(id);
    end?.();
  }

  /** A stream came to its own end. */
  finished(id: string, message: Message): void {
    this.#end(id);
    this.send(message);
  }

  send(message: Message): void {
    if (!this.#open) return;
    this.#socket.send(stringifyMessage(message));
    this.#waitForReader();
  }

  /**
   * Whoever does not read answers may not ask on, or they would fill our memory. ws itself hangs up on
   * those who do the same with pings of its own protocol.
   */
  #waitForReader(): void {
    const socket = this.#socket;
    if (!this.behind || socket.isPaused) return;
    socket.pause();
    this.whenCaughtUp(() => socket.resume());
  }

  /**
   * Writes ready frames past ws' sender, which would make a header and a second chunk for each. That
   * is safe because without compression ws writes every frame at once and whole.
   */
  write(frames: Buffer): void {
    if (this.#open) this.writeBytes(frames);
  }

  tick(nowMs: number): void {
    if (!this.context && nowMs - this.#openedAtMs > initPatienceMs && this.#state === 'opened') {
      const code = CloseCode.ConnectionInitialisationTimeout;
      return this.close(code, 'Connection initialisation timeout');
    }
    if (nowMs - this.#pingedAtMs < pingIntervalMs) return undefined;
    this.#pingedAtMs = nowMs;
    // A slow client's pong waits behind all that it has not read: that it reads is a sign of life.
    if (!this.#alive && this.taken === this.#taken) return this.#socket.terminate();
    this.#alive = false;
    if (this.#open) this.#socket.ping();
    this.#taken = this.taken;
    return undefined;
  }

  ponged(): void {
    this.#alive = true;
  }

  end(why: ClientEnd): void {
    if (why === 'EXPIRED') return this.close(CloseCode.Forbidden, 'the access token has expired');
    if (why === 'SESSION_ENDED') return this.close(CloseCode.Forbidden, 'the session has ended');
    if (this.#executing === 0) return this.close(serviceRestart, 'restarting');
    this.#state = 'draining';
    return undefined;
  }

  tooSlow(id: string, field: string, resumeAfter: number | null): void {
    const error = tooSlowError(field, resumeAfter);
    this.finished(id, { id, type: MessageType.Error, payload: [error] });
    this.close(tryAgainLater, error.message);
  }

  close(code: number, reason: string): void {
    if (!this.#open) return;
    countClosure(code);
    // Its goodbye has to be read.
    this.#socket.resume();
    this.#socket.close(code, Buffer.from(reason).subarray(0, reasonLimit).toString());
    this.closed();
  }

  /** Ends all that runs on it. */
  closed(): void {
    const operations = this.#operations;
    this.#operations = noOperations as Map<string, () => void>;
    this.forgetWaiting();
    for (const end of operations.values()) end();
    this.#settings.clients.closed(this);
  }

  #fail(error: unknown): void {
    if (error instanceof SocketRefusal) return this.close(error.closeCode, error.message);
    this.#settings.logger.error(describeError(error), 'a socket failed');
    return this.close(CloseCode.InternalServerError, 'internal error');
  }
}
