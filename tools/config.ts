import { z } from 'zod';
import { readConfig, setting, type Environment } from '#kit/config.ts';
import { serviceDatabaseUrl } from '#kit/orm.ts';

export const settings = {
  GRAPHQL_URL: setting.httpUrl().default('http://127.0.0.1:4000/graphql'),
  OPERATOR_EMAIL: z.string().optional(),
  OPERATOR_PASSWORD: z.string().optional(),
};

/** Where the demo plays; outside local mode it needs an operator who deposits. */
export function readDemoConfig(environment: Environment) {
  const read = readConfig(settings, environment);
  const { OPERATOR_EMAIL: email, OPERATOR_PASSWORD: password } = read;
  return {
    graphqlUrl: read.GRAPHQL_URL,
    operator: email && password ? { email, password } : undefined,
  };
}

/** Whom `npm run operator:create` makes, and in which installation. */
export function readOperatorConfig(environment: Environment) {
  const read = readConfig(
    {
      DATABASE_URL: setting.databaseUrl(),
      OPERATOR_EMAIL: z.string(),
      OPERATOR_PASSWORD: z.string(),
    },
    environment,
  );
  return {
    databaseUrl: serviceDatabaseUrl(read.DATABASE_URL, 'users'),
    credentials: { email: read.OPERATOR_EMAIL, password: read.OPERATOR_PASSWORD },
  };
}
