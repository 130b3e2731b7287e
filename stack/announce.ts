/** One start-up line for people, on standard output: what came up, and where. */
export function announce(what: string, where: string): void {
  process.stdout.write(`  ${what.padEnd(12)} ${where}\n`);
}

export interface ReadyFacts {
  readonly graphqlUrl: string;
  readonly docsUrl: string;
  readonly seconds: number;
  /** Local mode's seeded operator. */
  readonly operator?: { readonly email: string; readonly password: string } | undefined;
}

const firstQuery =
  'mutation { register(input: {email: "ada@example.com", password: "correct horse battery"}) { user { id } refusal { code message } } }';

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
    'A first query:',
    '',
    `  curl ${graphqlUrl} -H 'content-type: application/json' -d '${JSON.stringify({ query: firstQuery })}'`,
    '',
    'The whole story, live, in a second terminal: npm run demo. Ctrl-C ends Mammon.',
    '',
  ];
  process.stdout.write(lines.join('\n'));
}
