import { ConfigError, type Environment } from './config.ts';
import { hasCode } from './orm.ts';
import { openTraceExport, type TraceExport } from './trace-export.ts';

export interface Running {
  close(): Promise<void>;
  /** Resolves when it cannot go on, and says why. */
  readonly ended?: Promise<string>;
}

const closeTimeoutMs = 15_000;
/** A terminal tells the whole process group, and npm its child once more: all that is one Ctrl-C. */
const sameSignalMs = 1_000;

/**
 * Runs one program until SIGINT, SIGTERM or SIGHUP and then closes it gracefully, with exit status
 * 0, also when it is still starting. What can be expected to go wrong at the start ends with one
 * line that says what to do and exit status 1.
 * @param environment says whether and where its traces go
 * @param start closes what it has opened when it throws, as it may when `stopped` is aborted
 */
export async function runProgram(
  name: string,
  environment: Environment,
  start: (stopped: AbortSignal) => Promise<Running>,
): Promise<void> {
  const stopping = new AbortController();
  let stoppedAtMs = 0;
  let starting: Promise<Running> | undefined;
  let traces: TraceExport | undefined;
  const close = async (why: string, status: number) => {
    stoppedAtMs = Date.now();
    stopping.abort();
    setTimeout(() => fail(name, 'did not close in time'), closeTimeoutMs).unref();
    (status === 0 ? process.stdout : process.stderr).write(`${name}: ${why}\n`);
    const running = await starting?.catch(() => undefined);
    await running?.close();
    await traces?.close();
    process.exit(status);
  };
  const onSignal = (signal: string) => {
    if (!stopping.signal.aborted) {
      void close(`${signal}, closing`, 0).catch((error) => fail(name, explain(error)));
    } else if (Date.now() - stoppedAtMs > sameSignalMs) {
      process.exit(1); // A second one means now.
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, onSignal);
  // A terminal or a pipe that has gone away must not keep us from closing.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  try {
    traces = await openTraceExport(name, environment);
    starting = start(stopping.signal);
    const { ended } = await starting;
    void ended?.then((why) => {
      if (stopping.signal.aborted) return;
      void close(why, 1).catch(() => process.exit(1));
    });
  } catch (error) {
    if (!stopping.signal.aborted) fail(name, explain(error));
  }
}

function fail(name: string, why: string): never {
  process.stderr.write(`${name}: ${why}\n`);
  process.exit(1);
}

/** One line for people; a stack trace only where nobody expected the error. */
export function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (!(error instanceof Error)) return String(error);
  if (hasCode(error, 'EADDRINUSE')) {
    const port = 'port' in error ? ` ${String(error.port)}` : '';
    return `port${port} is in use; end the other program or choose another port (.env.example)`;
  }
  for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'EAI_AGAIN', 'EHOSTUNREACH']) {
    if (hasCode(error, code)) return `cannot reach a service (${detail(error)}); is it running?`;
  }
  if (hasCode(error, '53300')) {
    return 'PostgreSQL has no connection left: raise its max_connections or run fewer programs';
  }
  if (hasCode(error, '28P01') || hasCode(error, '28000')) {
    return `PostgreSQL refused the user or password of DATABASE_URL (${error.message})`;
  }
  // A file or folder: the system's message names it.
  if ('syscall' in error && 'path' in error) return error.message;
  return error.stack ?? error.message;
}

function detail(error: Error): string {
  if (error instanceof AggregateError && error.errors[0] instanceof Error) {
    return error.errors[0].message;
  }
  return error.message;
}
