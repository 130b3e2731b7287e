export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Null where a figure is only reported. */
  readonly goal: number | null;
  readonly met: boolean | null;
}

/** @param goal at least this much; negative (-0 too): at most so much without its sign */
export function figure(name: string, value: number, unit: string, goal?: number): Figure {
  const rounded = Number(value.toPrecision(4));
  if (goal === undefined) return { name, value: rounded, unit, goal: null, met: null };
  const met = goal < 0 || Object.is(goal, -0) ? rounded <= -goal : rounded >= goal;
  return { name, value: rounded, unit, goal: Math.abs(goal), met };
}

export function median(numbers: readonly number[]): number {
  return percentile(numbers, 50);
}

/** The nearest rank; of an even number the lower middle. */
export function percentile(numbers: readonly number[], percent: number): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  const value = sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)];
  if (value === undefined) throw new Error('nothing was measured');
  return value;
}

/** A row for each figure: what, how much, and whether that is enough. */
export function table(figures: readonly Figure[]): string[] {
  const rows = figures.map(({ name, value, unit, goal, met }) => [
    name,
    `${value} ${unit}`,
    goal === null ? '' : `${goal}`,
    met === null ? '' : met ? 'yes' : 'no',
  ]);
  const all = [['figure', 'value', 'goal', 'met'], ...rows];
  const widths = [0, 1, 2, 3].map((n) => Math.max(...all.map((row) => row[n]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, n) => cell.padEnd(widths[n] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
