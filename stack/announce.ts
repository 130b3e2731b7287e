import { randomBytes } from 'node:crypto';
import type { PlatformConfig } from '#kit/platform.ts';
import type { EmbeddedPostgres } from './embedded-postgres.ts';

/** One start-up line for people, on standard output: what came up, and where. */
export function announce(what: string, where: string): void {
  process.stdout.write(`  ${what.padEnd(12)} ${where}\n`);
}

export function announceEmbeddedPostgres(
  { version, port, takenOver }: EmbeddedPostgres,
  dataDir: string,
): void {
  const how = takenOver ? ', taken over from a run that was killed' : '';
  announce('PostgreSQL', `embedded ${version} at 127.0.0.1:${port}${how}`);
  announce('', `data in ${dataDir}`);
}

/** Which of the shared services is embedded and which is real; never a user or password. */
export function announcePlatform({ RABBITMQ_URL, REDIS_URL, LOG_LEVEL }: PlatformConfig): void {
  announce(
    'RabbitMQ',
    RABBITMQ_URL
      ? `real, at ${new URL(RABBITMQ_URL).host}`
      : 'embedded: queues in PostgreSQL (RABBITMQ_URL is not set)',
  );
  announce(
    'Redis',
    REDIS_URL
      ? `real, at ${new URL(REDIS_URL).host}`
      : 'embedded: in this process (REDIS_URL is not set)',
  );
  announce('Log', `on standard error, from level ${LOG_LEVEL} (LOG_LEVEL sets another)`);
}

export interface ReadyFacts {
  readonly graphqlUrl: string;
  readonly docsUrl: string;
  readonly seconds: number;
  /** Local mode's seeded operator. */
  readonly operator?: { readonly email: string; readonly password: string } | undefined;
}

/** The last lines of a start: where to go and what to try. */
export function announceReady({ graphqlUrl, docsUrl, seconds, operator }: ReadyFacts): void {
  const lines = [
    '',
    `Mammon is ready after ${seconds.toFixed(1)} s.`,
    '',
    `  GraphQL      ${graphqlUrl}${operator ? '  (open it in a browser for GraphiQL)' : ''}`,
    `  Docs         ${docsUrl}`,
    ...(operator ? [`  Operator     ${operator.email}, password ${operator.password}`] : []),
    '',
    'A first request:',
    '',
    `  curl ${graphqlUrl} -H 'content-type: application/json' -d '${firstRequest()}'`,
    '',
    ...(operator ? [`The whole story, live, in a second terminal: ${demo(graphqlUrl)}`] : []),
    'Ctrl-C ends Mammon.',
    '',
  ];
  process.stdout.write(lines.join('\n'));
}

/** The demo looks for the gateway where it usually is. */
function demo(graphqlUrl: string): string {
  const usual = new URL(graphqlUrl).port === '4000';
  return usual ? 'npm run demo' : `GRAPHQL_URL=${graphqlUrl} npm run demo`;
}

/** An address of its own at each start, so that it always registers somebody. */
function firstRequest(): string {
  const email = `ada-${randomBytes(3).toString('hex')}@example.com`;
  const credentials = `{email: "${email}", password: "correct horse battery"}`;
  const query = `mutation { register(input: ${credentials}) { user { id } refusal { message } } }`;
  return JSON.stringify({ query });
}
