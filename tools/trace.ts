import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { runTool } from './run-tool.ts';
import { startCollector, type CollectedSpan } from './trace/collector.ts';
import { asSvg, asText, waterfall } from './trace/waterfall.ts';

const port = 4318;
const quietMs = 3_000;
const titleOf = (spans: readonly CollectedSpan[]) =>
  spans.find(({ name }) => /^(query|mutation)\b/.test(name))?.name;

/** Shows each request's way as soon as it is over; `--svg FILE` also draws the longest so far. */
await runTool('trace', async () => {
  const { svg } = parseArgs({ options: { svg: { type: 'string' } } }).values;
  const collector = await startCollector(port);
  process.stdout.write(
    `Waits for traces at ${collector.url}. In another terminal:\n\n` +
      `  OTEL_EXPORTER_OTLP_ENDPOINT=${collector.url} npm start\n\nCtrl-C ends it.\n`,
  );
  const shown = new Set<string>();
  let most = 0;
  for (; ; await sleep(500)) {
    const quietSinceMs = Date.now() - quietMs;
    const traces = Map.groupBy(collector.spans, ({ traceId }) => traceId);
    for (const [traceId, spans] of traces) {
      const title = titleOf(spans);
      if (!title || shown.has(traceId)) continue;
      if (spans.some(({ toMs }) => toMs > quietSinceMs)) continue;
      shown.add(traceId);
      const rows = waterfall(spans);
      process.stdout.write(`\n${title}   trace ${traceId}\n${asText(rows)}\n`);
      if (svg === undefined || rows.length <= most) continue;
      most = rows.length;
      writeFileSync(svg, asSvg(rows, `${title}: one trace, from the request to the settled fill`));
    }
  }
});
