import { context, SpanKind, trace, type Context } from '@opentelemetry/api';
import type { BrokerMessage } from './broker.ts';
import { fail, isTracing, startSpan, traced, type Piece } from './tracing.ts';

/** Handles a message within the trace of the work that sent it. */
export const traceMessage = (
  group: string,
  message: BrokerMessage,
  handle: () => Promise<void>,
): Promise<void> => traced(pieceOf(group, message), handle);

const contexts = new WeakMap<BrokerMessage, Context>();

/**
 * Handles messages together: each has a span in its own trace, as long as the whole. What one of them
 * causes is made within `causedBy`.
 */
export async function traceMessages(
  group: string,
  messages: readonly BrokerMessage[],
  handle: () => Promise<void>,
): Promise<void> {
  if (!isTracing()) return handle();
  const together = { 'messaging.batch.message_count': messages.length };
  const spans = messages.map((message) => {
    const piece = pieceOf(group, message);
    const span = startSpan({ ...piece, attributes: { ...piece.attributes, ...together } });
    contexts.set(message, trace.setSpan(context.active(), span));
    return span;
  });
  try {
    await handle();
  } catch (error) {
    for (const span of spans) fail(span, error);
    throw error;
  } finally {
    for (const span of spans) span.end();
  }
}

/** Makes something, an answer say, as part of a message's trace. */
export function causedBy<Made>(message: BrokerMessage, make: () => Made): Made {
  return context.with(contexts.get(message) ?? context.active(), make);
}

/** Names and attributes are those of OpenTelemetry's conventions for messaging. */
const pieceOf = (group: string, { name, id, key, traceparent }: BrokerMessage): Piece => ({
  program: group,
  name: `process ${name}`,
  kind: SpanKind.CONSUMER,
  cause: traceparent,
  attributes: {
    'messaging.operation.name': 'process',
    'messaging.destination.name': group,
    'messaging.message.id': id,
    'messaging.message.conversation_id': key,
  },
});
