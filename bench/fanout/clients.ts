import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { openRawClient, type RawClient } from './raw-client.ts';
import { nowUs } from './world.ts';

/** All clients of one server, in a process of their own. */
export interface ConnectOrder {
  readonly port: number;
  readonly count: number;
  /** For the gateway; absent for a server without a protocol. */
  readonly query?: string;
  readonly tokens?: readonly string[];
  readonly kind: 'quotes' | 'orders' | 'stalled';
}

export interface ClientReport {
  readonly deliveries: number;
  readonly bytes: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly closed: number;
  /** The last sequence of each order stream, in the order of its users; NaN where it had a gap. */
  readonly heads: readonly number[];
}

const wave = 100;
const subscriptionsOfStalled = 100;
const surplus: (() => void)[] = [];
/** Of the latencies, one socket's in so many; those of all would cost more than the delivery. */
const sampleEvery = 25;

const clients: RawClient[] = [];
const heads: number[] = [];
let deliveries = 0;
let bytes = 0;
let closed = 0;
let latencies: number[] = [];

function connectOne(order: ConnectOrder, index: number): Promise<void> {
  const { kind, query, tokens } = order;
  const sampled = kind === 'quotes' && index % sampleEvery === 0;
  const id = randomUUID();
  return new Promise((resolve) => {
    let began = false;
    const client = openRawClient(
      order.port,
      () => {
        if (!query) return resolve();
        const accessToken = tokens?.[index % tokens.length];
        return client.send({ type: 'connection_init', payload: { accessToken } });
      },
      (text) => {
        if (!began && query) {
          began = true;
          client.send({ id, type: 'subscribe', payload: { query } });
          if (kind === 'stalled') stall(client, query);
          return resolve();
        }
        if (kind === 'orders') return takeOrder(index, text);
        deliveries += 1;
        bytes += text.length;
        if (sampled) latencies.push(nowUs() - atOf(text));
        return undefined;
      },
    );
    client.socket.on('error', () => undefined);
    client.socket.on('close', () => (closed += 1));
    clients.push(client);
  });
}

/**
 * Reads nothing more. The kernel keeps megabytes for it, which one subscription would not fill in
 * minutes: it has many of them, until it is told to be an ordinary client again that has one.
 */
function stall(client: RawClient, query: string): void {
  const ids = Array.from({ length: subscriptionsOfStalled - 1 }, () => randomUUID());
  for (const id of ids) client.send({ id, type: 'subscribe', payload: { query } });
  client.socket.pause();
  surplus.push(() => {
    for (const id of ids) client.send({ id, type: 'complete' });
  });
}

function atOf(text: Buffer): number {
  const { payload } = JSON.parse(text.toString()) as {
    payload: { data: { quotes: { at: string } } };
  };
  return Number(payload.data.quotes.at);
}

function takeOrder(index: number, text: Buffer): void {
  const { payload } = JSON.parse(text.toString()) as {
    payload: { data: { orderUpdates: { sequence: number } } };
  };
  const { sequence } = payload.data.orderUpdates;
  heads[index] = sequence === (heads[index] ?? 0) + 1 ? sequence : NaN;
}

function report(): ClientReport {
  const sorted = latencies.toSorted((a, b) => a - b);
  const quantile = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) / 1_000;
  return { deliveries, bytes, p50Ms: quantile(0.5), p99Ms: quantile(0.99), closed, heads };
}

interface Question {
  readonly reset?: true;
  readonly leave?: true;
  /** Those who stall keep one subscription each. */
  readonly one?: true;
}

process.on('message', async (question: ConnectOrder | Question) => {
  if ('port' in question) {
    for (let from = 0; from < question.count; from += wave) {
      const size = Math.min(wave, question.count - from);
      await Promise.all(
        Array.from({ length: size }, (_, offset) => connectOne(question, from + offset)),
      );
    }
    process.send?.({ connected: question.count });
    return;
  }
  if (question.one) for (const end of surplus.splice(0)) end();
  if (question.leave) {
    surplus.length = 0;
    for (const { socket } of clients.splice(0)) socket.destroy();
    await sleep(500);
    closed = 0;
  }
  if (question.reset) {
    deliveries = 0;
    bytes = 0;
    latencies = [];
  }
  process.send?.(report());
});
process.on('disconnect', () => process.exit());
process.send?.({ ready: true });
