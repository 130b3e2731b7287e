import type { EntityManager } from '@mikro-orm/postgresql';
import type { BrokerMessage, Topology } from '#kit/broker.ts';
import type { MessageHandler } from '#kit/consumer.ts';
import { Fault } from '#kit/errors.ts';
import { newId } from '#kit/ids.ts';
import { activeTraceparent } from '#kit/tracing.ts';
import type { Contract } from './message.ts';
import { partitionCount, topology } from './topology.ts';

/**
 * Makes a message that fits its contract, as a part of the trace in which it is made.
 * @param key what keeps its order among others: usually the order's id
 * @throws Fault when the body does not fit
 */
export function messageOf<Body>(
  contract: Contract<string, Body>,
  key: string,
  body: Body,
  now: Date,
): BrokerMessage {
  const { name, version, expiresAfterMs } = contract;
  const expires = expiresAfterMs === undefined ? undefined : now.getTime() + expiresAfterMs;
  const traceparent = activeTraceparent();
  return {
    id: newId(),
    name,
    version,
    key,
    body: parse(contract, body),
    occurredAt: now.toISOString(),
    ...(expires === undefined ? {} : { expiresAt: new Date(expires).toISOString() }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

/** A handler of one contract for startConsumers: the body arrives parsed. */
export function handle<Body>(
  contract: Contract<string, Body>,
  handler: (em: EntityManager, body: Body, message: BrokerMessage) => Promise<void>,
): readonly [name: string, handler: MessageHandler] {
  return [contract.name, (em, message) => handler(em, bodyOf(contract, message), message)];
}

/** @throws Fault when the message has another version, or does not fit */
export function bodyOf<Body>(contract: Contract<string, Body>, message: BrokerMessage): Body {
  if (message.version !== contract.version) {
    throw new Fault(`${message.name} has version ${message.version}, not ${contract.version}`);
  }
  return parse(contract, message.body);
}

/** The topology as brokers declare it. */
export const brokerTopology: Topology = {
  partitions: partitionCount,
  groups: Object.fromEntries(
    Object.entries(topology).map(([group, contracts]) => [
      group,
      contracts.map((contract) => contract.name),
    ]),
  ),
};

function parse<Body>(contract: Contract<string, Body>, body: unknown): Body {
  const result = contract.schema.safeParse(body);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new Fault(`${contract.name}: ${issue?.path.join('.')} ${issue?.message}`);
}
