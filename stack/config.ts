import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { readConfig, setting, type Environment } from '#kit/config.ts';
import { isReachableByNobody, isRoot } from './postgres-binaries.ts';

export const settings = {
  DATA_DIR: z.string().optional(),
  DATA_FSYNC: z.enum(['on', 'off']).default('on'),
  PORT: setting.port(4000),
  USERS_PORT: setting.port(4001),
  WALLETS_PORT: setting.port(4002),
  ORDERS_PORT: setting.port(4003),
  PRICING_PORT: setting.port(4004),
  EXCHANGE_PORT: setting.port(4005),
  VENUE_FIX_PORT: setting.port(9878),
};

export interface StackConfig {
  /** Absolute: where the embedded PostgreSQL, its log and the generated secrets are kept. */
  readonly dataDir: string;
  readonly fsync: boolean;
}

/** @throws ConfigError naming what is malformed */
export function readStackConfig(environment: Environment): StackConfig {
  const read = readConfig(settings, environment);
  const dataDir = read.DATA_DIR ? resolve(read.DATA_DIR) : standardDataDir();
  return { dataDir, fsync: read.DATA_FSYNC === 'on' };
}

/**
 * `.data` in the project; where root's PostgreSQL, which runs as nobody, cannot reach that (a clone
 * below /root), a folder of this clone's own below /var/lib.
 */
function standardDataDir(): string {
  const project = fileURLToPath(new URL('..', import.meta.url));
  if (!isRoot() || isReachableByNobody(project)) return join(project, '.data');
  const clone = createHash('sha256').update(project).digest('hex').slice(0, 8);
  return join('/var/lib', `mammon-${clone}`);
}
