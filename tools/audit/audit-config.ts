import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError, readConfig, setting, type Environment } from '#kit/config.ts';
import { serviceDatabaseUrl } from '#kit/orm.ts';
import { readStackConfig } from '#stack/config.ts';
import { embeddedUrl, runningServer } from '#stack/embedded-postgres.ts';
import { localSecrets } from '#stack/local-secrets.ts';

export interface AuditConfig {
  databaseUrl(service: string): string;
  readonly fix: { readonly host: string; readonly port: number; readonly password: string };
}

/**
 * Where the books are: what DATABASE_URL and FIX_* say, or else the running local stack.
 * @throws ConfigError when neither is there
 */
export function readAuditConfig(environment: Environment): AuditConfig {
  const read = readConfig(
    {
      DATABASE_URL: setting.databaseUrl().optional(),
      FIX_HOST: setting.host(),
      FIX_PORT: z.coerce.number().int().optional(),
      VENUE_FIX_PORT: setting.port(9878),
      FIX_PASSWORD: setting.secret().optional(),
    },
    environment,
  );
  const local = read.DATABASE_URL ? undefined : readLocal(environment);
  const base = read.DATABASE_URL ?? local?.databaseUrl;
  const password = read.FIX_PASSWORD ?? local?.fixPassword;
  if (!base || !password) throw new ConfigError('set FIX_PASSWORD beside DATABASE_URL');
  return {
    databaseUrl: (service) => serviceDatabaseUrl(base, service),
    fix: { host: read.FIX_HOST, port: read.FIX_PORT ?? read.VENUE_FIX_PORT, password },
  };
}

function readLocal(environment: Environment) {
  const { dataDir } = readStackConfig(environment);
  const server = runningServer(join(dataDir, 'postgres'));
  if (!server) {
    throw new ConfigError(`nothing runs on ${dataDir}: run npm start first, or set DATABASE_URL`);
  }
  const { postgresPassword, fixPassword } = localSecrets(join(dataDir, 'secrets.json'));
  return { databaseUrl: embeddedUrl(server.port, postgresPassword), fixPassword };
}
