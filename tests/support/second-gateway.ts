import { join } from 'node:path';
import { localSecrets } from '#stack/local-secrets.ts';
import { Program } from './program.ts';
import { freePorts, type System } from './system.ts';

/** Another gateway, a process of its own, before the subgraphs of an embedded system. */
export async function startSecondGateway(
  system: System,
  extra: Readonly<Record<string, string>> = {},
): Promise<{ readonly url: string; readonly program: Program }> {
  const [port = 0] = await freePorts(1);
  const { DATA_DIR = '', PORT: _first, ...environment } = system.environment;
  const names = ['USERS', 'WALLETS', 'ORDERS', 'PRICING', 'EXCHANGE'];
  const program = new Program('second gateway', 'gateway/main.ts', {
    ...environment,
    PORT: String(port),
    IDENTITY_PRIVATE_KEY: localSecrets(join(DATA_DIR, 'secrets.json')).identityPrivateKey,
    ...Object.fromEntries(
      names.map((name) => [
        `${name}_URL`,
        `http://127.0.0.1:${environment[`${name}_PORT`]}/graphql`,
      ]),
    ),
    ...extra,
  });
  program.start();
  await program.says('gateway is ready');
  return { url: `http://127.0.0.1:${port}/graphql`, program };
}
