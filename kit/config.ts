import { createPrivateKey, createPublicKey } from 'node:crypto';
import { z } from 'zod';

/**
 * What keeps a program from starting and can be mended from outside, above all a setting that is
 * missing or malformed; its message is one line that says what to do.
 */
export class ConfigError extends Error {
  /** Where the message names several settings: each of them. */
  readonly problems: readonly string[];

  constructor(message: string, options: ErrorOptions & { problems?: readonly string[] } = {}) {
    super(message, options);
    this.name = 'ConfigError';
    this.problems = options.problems ?? [message];
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of this process: programs pass it to their readers, tests pass their own. */
export const environment: Environment = process.env;

/**
 * Reads a program's settings once. An empty variable counts as unset. Secrets are never quoted in
 * the error.
 * @throws ConfigError naming every variable that is missing or malformed
 */
export function readConfig<Shape extends z.ZodRawShape>(
  shape: Shape,
  environment: Environment,
): z.infer<z.ZodObject<Shape>> {
  const names = Object.keys(shape);
  const given = names.map((name) => [name, environment[name] || undefined]);
  const result = z.object(shape).safeParse(Object.fromEntries(given));
  if (result.success) return result.data;
  throw misconfigured(
    result.error.issues.map((issue) => {
      const name = String(issue.path[0]);
      return environment[name] ? `${name}: ${wish(issue)}` : `${name} is not set`;
    }),
  );
}

/**
 * Calls each reader of settings, so that one error names the problems of all.
 * @throws ConfigError
 */
export function checkTogether(readers: readonly (() => unknown)[]): void {
  const problems = readers.flatMap((read) => {
    try {
      read();
      return [];
    } catch (error) {
      if (error instanceof ConfigError) return error.problems;
      throw error;
    }
  });
  if (problems.length > 0) throw misconfigured(problems);
}

/** One error for all problems, each named once. */
export function misconfigured(problems: readonly string[]): ConfigError {
  const distinct = [...new Set(problems)];
  const message = `${distinct.join('; ')} (.env.example explains each variable)`;
  return new ConfigError(message, { problems: distinct });
}

/** What a value must be, in words for people; a schema's own words go first. */
function wish(issue: z.core.$ZodIssue): string {
  if (!/^(Invalid|Too) /.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return `must be a ${issue.expected === 'int' ? 'whole number' : issue.expected}`;
    case 'too_small':
      return `must be ${issue.minimum} or more`;
    case 'too_big':
      return `must be ${issue.maximum} or less`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    default:
      return issue.message;
  }
}

/** Building blocks of the programs' schemas. */
export const setting = {
  port: (standard: number) => z.coerce.number().int().min(0).max(65_535).default(standard),
  host: () => z.string().default('127.0.0.1'),
  milliseconds: (standard: number) => z.coerce.number().int().min(1).default(standard),
  count: (standard: number, maximum = 1_000_000) =>
    z.coerce.number().int().min(1).max(maximum).default(standard),
  databaseUrl: () => urlOf('postgres', 'postgresql'),
  rabbitmqUrl: () => urlOf('amqp', 'amqps'),
  redisUrl: () => urlOf('redis', 'rediss'),
  httpUrl: () => urlOf('http', 'https'),
  logLevel: () => z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  privateKey: () => pem('private'),
  publicKey: () => pem('public'),
  /** A prefix for names of queues, channels and keys. */
  name: (standard: string) =>
    z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/, 'must be lower case letters, digits and hyphens')
      .default(standard),
  secret: () => z.string().min(32, 'a secret has at least 32 characters'),
};

/** A PEM; `\\n` may stand for a line break, so that it fits one line of an .env file. */
function pem(kind: 'private' | 'public') {
  return z
    .string()
    .transform((text) => text.replaceAll('\\n', '\n'))
    .refine((text) => isKey(text, kind), `must be the PEM of a ${kind} EC key on P-256`);
}

function isKey(text: string, kind: 'private' | 'public'): boolean {
  try {
    const key = kind === 'private' ? createPrivateKey(text) : createPublicKey(text);
    const isOfKind = text.includes(`${kind.toUpperCase()} KEY-----`);
    return isOfKind && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
  } catch {
    return false;
  }
}

function urlOf(...protocols: readonly string[]) {
  return z.string().refine((text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    return url !== undefined && protocols.includes(url.protocol.slice(0, -1));
  }, `must be a URL that starts with ${protocols[0]}://`);
}
