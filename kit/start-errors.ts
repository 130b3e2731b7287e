import { ConfigError } from './config.ts';

/**
 * A service that does not answer or does not let us in, as one line that names its address and its
 * variable, never its password.
 */
export function cannotUse(
  service: string,
  variable: string,
  url: string,
  cause: unknown,
): ConfigError {
  const { host } = new URL(url);
  return new ConfigError(
    `cannot use ${service} at ${host} (${reason(cause)}): see that it runs and that ${variable} ` +
      'is right',
    { cause },
  );
}

/**
 * An error of listen(), as one line that names the variable of the port; any other error as it is.
 */
export function cannotListen(error: unknown, variable: string): unknown {
  const { syscall, code, port, address } = error as NodeJS.ErrnoException & Record<string, unknown>;
  if (syscall !== 'listen') return error;
  if (code === 'EADDRINUSE') {
    return new ConfigError(
      `port ${String(port)} is in use: end the program that uses it, or set ${variable} to another`,
      { cause: error },
    );
  }
  return new ConfigError(
    `cannot listen on ${String(address)}:${String(port)} (${String(code)}): set ${variable} to ` +
      'another port, or HOST to an address of this machine',
    { cause: error },
  );
}

function reason(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reason(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  return error.message.split('\n')[0] || ('code' in error ? String(error.code) : error.name);
}
