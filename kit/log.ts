import { pino } from 'pino';

/** Structured logs: an object of facts first, then a sentence. */
export interface Logger {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

const secrets = ['password', 'token', 'accessToken', 'refreshToken', 'authorization', 'identity'];

/** A JSON logger on standard error; standard output stays for what a program says to people. */
export function createLogger(program: string, level: string): Logger {
  const redact = secrets.flatMap((name) => [name, `*.${name}`]);
  return pino(
    { name: program, level, redact, base: { program }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  );
}

/** For tests that assert nothing about logs. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** What a log may say of an error; never sent to a caller. */
export function describeError(error: unknown): { error: string; stack?: string | undefined } {
  if (!(error instanceof Error)) return { error: String(error) };
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return { error: error.message + cause, stack: error.stack };
}
