import type { HealthCheck } from '#kit/health.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { SubgraphLink } from './subgraphs.ts';

/** Orchestrators ask often and from several places; the subgraphs need not hear each time. */
const rememberMs = 1_000;

/** Ready when the keys are known and every subgraph answers; names what is missing. */
export function createHealthCheck(
  subgraphs: ReadonlyMap<string, SubgraphLink>,
  tokens: Pick<AccessTokens, 'ready'>,
  draining: () => boolean,
): HealthCheck {
  let last: Promise<readonly string[]> | undefined;
  let askedAtMs = 0;
  return async () => {
    if (draining()) return ['the gateway is closing'];
    if (!last || Date.now() - askedAtMs > rememberMs) {
      askedAtMs = Date.now();
      last = ask();
    }
    return last;
  };

  async function ask(): Promise<readonly string[]> {
    const answers = await Promise.all(
      [...subgraphs].map(async ([name, { dataSource }]) => {
        const answers = await dataSource.check().then(
          () => true,
          () => false,
        );
        return answers ? [] : [name];
      }),
    );
    return [...(tokens.ready() ? [] : ['keys of access tokens']), ...answers.flat()];
  }
}
