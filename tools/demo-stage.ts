const patienceMs = 30_000;

/** A step that went otherwise than it should. */
export class Unexpected extends Error {}

export function until(
  what: string,
  run: (resolve: () => void, reject: (error: unknown) => void) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Unexpected(`waited ${patienceMs / 1_000} s for ${what}`));
    }, patienceMs);
    run(
      () => {
        clearTimeout(timer);
        resolve();
      },
      (error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

export function expected<Value>(value: Value | null | undefined, otherwise: string): Value {
  if (value === null || value === undefined) throw new Unexpected(otherwise);
  return value;
}

export function title(text: string): void {
  process.stdout.write(`\n${text}\n`);
}

export function line(text: string): void {
  process.stdout.write(`   ${text}\n`);
}

export function done(text: string): void {
  process.stdout.write(` ✓ ${text}\n`);
}
