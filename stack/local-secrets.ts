import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { ConfigError } from '#kit/config.ts';

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

/** Reads local mode's secrets, or makes them at the first start; the file is its owner's alone. */
export function localSecrets(file: string): LocalSecrets {
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(generateSecrets(), null, 2), { mode: 0o600 });
  }
  try {
    return stored.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    throw new ConfigError(
      `${file} is damaged; restore it, or delete the whole folder to start afresh without its data`,
    );
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
