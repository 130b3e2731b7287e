import { pino } from 'pino';
import { activeTraceIds } from './tracing.ts';

/** Structured logs: an object of facts first, then a sentence. */
export interface Logger {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

const secrets = [
  'password',
  'token',
  'accessToken',
  'refreshToken',
  'authorization',
  'cookie',
  'identity',
  'secret',
  'apiKey',
  '["x-api-key"]',
];

/**
 * A JSON logger on standard error; standard output stays for what a program says to people. A line
 * that is written within a trace says which.
 */
export function createLogger(program: string, level: string): Logger {
  const redact = secrets.flatMap((name) => [name, name.startsWith('[') ? `*${name}` : `*.${name}`]);
  const timestamp = pino.stdTimeFunctions.isoTime;
  return pino(
    { level, redact, base: { program }, timestamp, mixin: activeTraceIds },
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
