import { findServices, servicesVariable } from './find-services.ts';
import { startPostgres } from './start-postgres.ts';
import { keep } from './global-teardown.ts';

/** Finds the services once for all test processes, and starts a PostgreSQL where there is none. */
export default async function setup(): Promise<void> {
  const services = await findServices(process.env);
  if (services.postgres === undefined) {
    if (process.env['REQUIRE_SERVICES'] === '1') {
      throw new Error('PostgreSQL does not answer and REQUIRE_SERVICES is 1');
    }
    const server = await startPostgres();
    keep(server.stop);
    process.env[servicesVariable] = JSON.stringify({ ...services, postgres: server.url });
  } else {
    process.env[servicesVariable] = JSON.stringify(services);
  }
}
