import { ConfigError } from './config.ts';
import { hasCode } from './orm.ts';

export interface Running {
  close(): Promise<void>;
}

const closeTimeoutMs = 15_000;

/**
 * Runs one program until SIGINT or SIGTERM and then closes it gracefully. What can be expected to go
 * wrong at the start ends with one line that says what to do and exit status 1.
 */
export async function runProgram(name: string, start: () => Promise<Running>): Promise<void> {
  let running: Running | undefined;
  let stopping = false;
  const stop = async (signal: string) => {
    // A second signal means now.
    if (stopping) process.exit(1);
    stopping = true;
    process.stdout.write(`${name}: ${signal}, closing\n`);
    setTimeout(() => fail(name, 'did not close in time'), closeTimeoutMs).unref();
    await running?.close();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => void stop(signal).catch((error) => fail(name, explain(error))));
  }
  try {
    running = await start();
  } catch (error) {
    fail(name, explain(error));
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
  return error.stack ?? error.message;
}

function detail(error: Error): string {
  if (error instanceof AggregateError && error.errors[0] instanceof Error) {
    return error.errors[0].message;
  }
  return error.message;
}
