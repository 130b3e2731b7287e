import {
  context,
  INVALID_SPAN_CONTEXT,
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Attributes,
  type Context,
  type Span,
} from '@opentelemetry/api';

/** One piece of an order's, or of any other request's, way. */
export interface Piece {
  /** The instrumentation scope: the program whose work it is, also where several share a process. */
  readonly program: string;
  readonly name: string;
  readonly kind?: SpanKind;
  /** The W3C `traceparent` of what caused it; without one, the span in whose scope it happens. */
  readonly cause?: string | undefined;
  readonly attributes?: Attributes;
}

/** The HTTP header, AMQP header and FIX field that carry a W3C trace context. */
export const traceparentHeader = 'traceparent';

const noSpan = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
let tracing = false;

/** Nothing is traced before somebody says who takes the spans (trace-export.ts). */
export function setTracing(on: boolean): void {
  tracing = on;
}

export const isTracing = (): boolean => tracing;

/** Does a piece of work within a span; what it starts joins the same trace. */
export function traced<Result>(
  piece: Piece,
  work: (span: Span) => Promise<Result>,
): Promise<Result> {
  if (!tracing) return work(noSpan);
  const span = startSpan(piece);
  return context.with(trace.setSpan(context.active(), span), async () => {
    try {
      return await work(span);
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Makes something as part of an earlier trace, where no other one is under way. */
export function resumed<Made>(cause: string | null | undefined, make: () => Made): Made {
  const present = context.active();
  const within = cause && !trace.getSpanContext(present) ? contextOf(cause) : present;
  return context.with(within, make);
}

export function startSpan({ program, name, kind, cause, attributes }: Piece): Span {
  if (!tracing) return noSpan;
  const parent = cause === undefined ? context.active() : contextOf(cause);
  return trace
    .getTracer(program)
    .startSpan(name, { kind: kind ?? SpanKind.INTERNAL, attributes: attributes ?? {} }, parent);
}

/** Spans are read by operators, as logs are. */
export function fail(span: Span, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}

/** The W3C `traceparent` of the present span; undefined where nothing is traced. */
export function activeTraceparent(): string | undefined {
  if (!tracing) return undefined;
  const span = trace.getSpanContext(context.active());
  if (!span || !isSpanContextValid(span)) return undefined;
  const flags = (span.traceFlags & TraceFlags.SAMPLED).toString(16).padStart(2, '0');
  return `00-${span.traceId}-${span.spanId}-${flags}`;
}

/** Whose trace a log line belongs to, as fields of it. */
export function activeTraceIds(): { readonly traceId?: string; readonly spanId?: string } {
  const span = tracing ? trace.getSpanContext(context.active()) : undefined;
  return span && isSpanContextValid(span) ? { traceId: span.traceId, spanId: span.spanId } : {};
}

/** Source: W3C Trace Context, level 1, section 3.2; fields of later versions may follow. */
const traceparent = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/** The root where the text is none: a caller's mistake must not cost its request. */
function contextOf(text: string): Context {
  const [, traceId = '', spanId = '', flags = ''] = traceparent.exec(text) ?? [];
  const span = { traceId, spanId, traceFlags: Number.parseInt(flags || '0', 16), isRemote: true };
  return isSpanContextValid(span) ? trace.setSpanContext(ROOT_CONTEXT, span) : ROOT_CONTEXT;
}
