import type { CollectedSpan } from './collector.ts';

/** One span of a trace, below what caused it. */
export interface Row {
  readonly program: string;
  readonly name: string;
  readonly depth: number;
  /** Since the trace began. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** The spans of one trace as a tree, each cause's effects in the order of their time. */
export function waterfall(spans: readonly CollectedSpan[]): Row[] {
  const known = new Set(spans.map(({ spanId }) => spanId));
  const effects = Map.groupBy(spans, ({ parentSpanId = '' }) =>
    known.has(parentSpanId) ? parentSpanId : '',
  );
  const beganMs = Math.min(...spans.map(({ fromMs }) => fromMs));
  const below = (cause: string, depth: number): Row[] =>
    (effects.get(cause) ?? [])
      .toSorted((one, other) => one.fromMs - other.fromMs)
      .flatMap(({ spanId, program, name, fromMs, toMs }) => [
        { program, name, depth, fromMs: fromMs - beganMs, toMs: toMs - beganMs },
        ...below(spanId, depth + 1),
      ]);
  return below('', 0);
}

const barWidth = 40;

/** For a terminal. */
export function asText(rows: readonly Row[]): string {
  const wholeMs = Math.max(...rows.map(({ toMs }) => toMs), 0.001);
  const labels = rows.map(({ program, name, depth }) => `${'  '.repeat(depth)}${program}: ${name}`);
  const width = Math.max(...labels.map(({ length }) => length));
  const lines = rows.map(({ fromMs, toMs }, index) => {
    const from = Math.floor((fromMs / wholeMs) * (barWidth - 1));
    const length = Math.max(1, Math.round(((toMs - fromMs) / wholeMs) * barWidth));
    const bar = `${' '.repeat(from)}${'█'.repeat(Math.min(length, barWidth - from))}`;
    const time = `${(toMs - fromMs).toFixed(1)} ms`.padStart(10);
    return `${labels[index]?.padEnd(width)}  ${bar.padEnd(barWidth)} ${time}`;
  });
  return lines.join('\n');
}

const colors: Readonly<Record<string, string>> = {
  gateway: '#1d5fd1',
  orders: '#7a3ff2',
  wallets: '#0b7a53',
  exchange: '#a2540a',
  venue: '#8a95a5',
};
const [rowHeight, labelWidth, picture] = [24, 360, 960];

/** For a page: a picture of 960 pixels' width. */
export function asSvg(rows: readonly Row[], title: string): string {
  const wholeMs = Math.max(...rows.map(({ toMs }) => toMs), 0.001);
  const height = rows.length * rowHeight + 56;
  const scale = (picture - labelWidth - 90) / wholeMs;
  const parts = rows.map(({ program, name, depth, fromMs, toMs }, index) => {
    const y = 40 + index * rowHeight;
    const [x, width] = [labelWidth + fromMs * scale, Math.max(2, (toMs - fromMs) * scale)];
    const color = colors[program] ?? '#566171';
    return [
      `<text class="label" x="${12 + depth * 12}" y="${y + 15}"><tspan fill="${color}" font-weight="600">${escape(program)}</tspan> ${escape(name)}</text>`,
      `<rect x="${x.toFixed(1)}" y="${y + 4}" width="${width.toFixed(1)}" height="14" rx="2" fill="${color}"/>`,
      `<text class="time" x="${(x + width + 6).toFixed(1)}" y="${y + 15}">${(toMs - fromMs).toFixed(1)} ms</text>`,
    ].join('');
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${picture} ${height}" width="${picture}" height="${height}" role="img" aria-label="${escape(title)}">
<style>
text { font-family: system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif; font-size: 12.5px; }
.ground { fill: #ffffff; } .title { font-size: 15px; font-weight: 600; fill: #1c2430; }
.label { fill: #1c2430; } .time { fill: #566171; }
@media (prefers-color-scheme: dark) {
  .ground { fill: #10161e; } .title, .label { fill: #e6ebf2; } .time { fill: #a3afbf; }
}
</style>
<rect class="ground" width="100%" height="100%"/>
<text class="title" x="12" y="24">${escape(title)}</text>
${parts.join('\n')}
</svg>
`;
}

const escape = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
