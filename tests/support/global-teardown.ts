const key = Symbol.for('mammon.tests.teardown');

type Holder = { [key]?: (() => Promise<void>)[] };

/** Jest loads the setup and the teardown apart from each other; only the global object is shared. */
export function keep(stop: () => Promise<void>): void {
  const holder = globalThis as Holder;
  (holder[key] ??= []).push(stop);
}

export default async function teardown(): Promise<void> {
  for (const stop of (globalThis as Holder)[key] ?? []) await stop();
}
