import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { ConfigError } from '#kit/config.ts';
import { hasCode } from '#kit/orm.ts';

const stored = z.object({
  postgresPassword: z.string().min(1),
  identityPrivateKey: z.string().min(1),
  identityPublicKey: z.string().min(1),
  accessTokenPrivateKey: z.string().min(1),
  refreshTokenSecret: z.string().min(1),
  fixPassword: z.string().min(1),
  operatorPassword: z.string().min(1),
});

/** What local mode needs and nobody should have to think of. */
export type LocalSecrets = z.infer<typeof stored>;

/**
 * Reads local mode's secrets, or makes them at the first start; the file is its owner's alone.
 * @throws ConfigError when the file cannot be read, or is gone while its data are there
 */
export function localSecrets(file: string): LocalSecrets {
  const advice = 'restore it, or delete the whole folder to start afresh without its data';
  if (!existsSync(file)) {
    // The data's only password was in it.
    if (existsSync(join(dirname(file), 'postgres'))) {
      throw new ConfigError(`${file} is missing beside its data: ${advice}`);
    }
    create(file);
  }
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`the secrets cannot be read (${why}): start as their owner`);
  }
  try {
    return stored.parse(JSON.parse(text));
  } catch {
    throw new ConfigError(`${file} is damaged: ${advice}`);
  }
}

/** Whole or not at all, also when we are killed; whoever is first decides. */
function create(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const partial = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(partial, JSON.stringify(generateSecrets(), null, 2), { mode: 0o600 });
  try {
    linkSync(partial, file);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(partial);
  }
}

/** Fresh keys and passwords for one installation. */
export function generateSecrets(): LocalSecrets {
  const identity = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const access = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    postgresPassword: secret(),
    identityPrivateKey: identity.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    identityPublicKey: identity.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    accessTokenPrivateKey: access.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    refreshTokenSecret: secret(),
    fixPassword: secret(),
    operatorPassword: secret(),
  };
}

const secret = (): string => randomBytes(32).toString('base64url');
