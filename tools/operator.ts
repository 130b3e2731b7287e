import { addOperator } from '#subgraphs/users/main.ts';
import { readOperatorConfig } from './config.ts';
import { runTool } from './run-tool.ts';

/** Makes an operator: outside local mode none is seeded. The password comes by the environment. */
await runTool('operator:create', async () => {
  const { databaseUrl, credentials } = readOperatorConfig(process.env);
  const id = await addOperator(databaseUrl, credentials);
  process.stdout.write(`operator ${credentials.email} is user ${id}\n`);
});
