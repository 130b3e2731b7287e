import { context, trace } from '@opentelemetry/api';
import { z } from 'zod';
import { readConfig, setting, type Environment } from './config.ts';
import { setTracing } from './tracing.ts';

/** OpenTelemetry's own names. Its exporter and its batches read the other OTEL_* by themselves. */
export const settings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: setting.httpUrl().optional(),
  /** The share of traces that are kept, 0 to 1; decided once for a whole trace. */
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
};

export interface TraceExport {
  /** Sends what is left, or gives it up after a moment. */
  close(): Promise<void>;
}

const closeWithinMs = 2_000;

/**
 * Sends the spans of this process to a collector (OTLP over HTTP), where one is named; else nothing
 * is traced. A collector that is away costs nobody anything: spans wait in a bounded queue and are
 * dropped when it is full.
 * @param name the process, as `service.name`
 * @throws ConfigError
 */
export async function openTraceExport(
  name: string,
  environment: Environment,
): Promise<TraceExport> {
  const config = readConfig(settings, environment);
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER_ARG: share } = config;
  if (endpoint === undefined) return { close: async () => undefined };
  // Loaded only here: it is a tenth of a second and ten megabytes that most processes never need.
  const [sdk, { OTLPTraceExporter }, { AsyncLocalStorageContextManager }, resources] =
    await Promise.all([
      import('@opentelemetry/sdk-trace-base'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/context-async-hooks'),
      import('@opentelemetry/resources'),
    ]);
  const ratio = new sdk.TraceIdRatioBasedSampler(share);
  const provider = new sdk.BasicTracerProvider({
    resource: resources.resourceFromAttributes({
      'service.name': name,
      'service.namespace': 'mammon',
      'service.instance.id': String(process.pid),
    }),
    // By the trace's id alone, in every program: a caller's own flag must not decide what we keep.
    sampler: new sdk.ParentBasedSampler({
      root: ratio,
      remoteParentSampled: ratio,
      remoteParentNotSampled: ratio,
    }),
    spanProcessors: [
      new sdk.BatchSpanProcessor(
        new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` }),
      ),
    ],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  setTracing(true);
  return {
    async close() {
      const patience = new Promise<void>((resolve) => {
        setTimeout(resolve, closeWithinMs).unref();
      });
      await Promise.race([provider.shutdown().catch(() => undefined), patience]);
      setTracing(false);
      trace.disable();
      context.disable();
    },
  };
}
