import type { Topology } from './broker.ts';
import { checkTogether, environment, type Environment } from './config.ts';
import { runProgram, type Running } from './lifecycle.ts';
import { openStandalonePlatform, readStandaloneConfig, type Platform } from './platform.ts';

/** What start() of a subgraph gives back. */
export interface RunningService extends Running {
  readonly name: string;
  /** Where its GraphQL is served. */
  readonly url: string;
}

/** Runs one subgraph as a program of its own, on the real services that the environment names. */
export async function runService<Config>(
  name: string,
  topology: Topology,
  readConfig: (environment: Environment) => Config,
  start: (config: Config, platform: Platform) => Promise<RunningService>,
): Promise<void> {
  await runProgram(name, environment, async () => {
    checkTogether([() => readStandaloneConfig(environment), () => readConfig(environment)]);
    const config = readConfig(environment);
    const platform = await openStandalonePlatform(name, environment, topology);
    try {
      const service = await start(config, platform);
      process.stdout.write(`${name} is ready at ${service.url}\n`);
      return {
        async close() {
          await service.close();
          await platform.close();
        },
      };
    } catch (error) {
      await platform.close();
      throw error;
    }
  });
}
