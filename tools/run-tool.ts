import { explain } from '#kit/lifecycle.ts';

/** Runs a tool to its end; what goes wrong is one line, and exit status 1. */
export async function runTool(name: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    process.stderr.write(`${name}: ${explain(error)}\n`);
    process.exitCode = 1;
  }
}
