import { writeSync } from 'node:fs';
import type { AggregatedResult, AssertionResult } from '@jest/test-result';
import { addressOf, expected, type OptionalService, serviceNames } from './find-services.ts';

/** Says at the very end what did not run and why, and the three figures. */
export default class MammonReporter {
  readonly #pattern: string | undefined;

  constructor(run: { readonly testNamePattern?: string | undefined }) {
    this.#pattern = run.testNamePattern;
  }

  onRunComplete(_contexts: unknown, results: AggregatedResult): void {
    const pending = results.testResults.flatMap((file) =>
      file.testResults.filter((result) => result.status === 'pending' || result.status === 'todo'),
    );
    const skipped = this.#pattern ? [] : pending; // what `-t` passed over was not asked for
    const lines = skipReasons(skipped);
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    lines.push(`${results.numPassedTests} passed, ${failed} failed, ${skipped.length} skipped`);
    // Jest prints its own summary after every reporter; only the end of the process is later.
    process.once('exit', () => writeSync(2, `\n${lines.join('\n')}\n`));
  }
}

/** One line for each missing service with its number of tests, and one for each other skip. */
export function skipReasons(
  skipped: readonly Pick<AssertionResult, 'ancestorTitles' | 'fullName'>[],
): string[] {
  const services = Object.keys(serviceNames) as OptionalService[];
  const needs = (service: OptionalService, titles: readonly string[]) =>
    titles.some((title) => title.includes(`[needs ${serviceNames[service]}]`));
  const lines = services.flatMap((service) => {
    const count = skipped.filter((test) => needs(service, test.ancestorTitles)).length;
    if (count === 0) return [];
    const address = addressOf(expected(process.env)[service]);
    const tests = count === 1 ? '1 test' : `${count} tests`;
    return [
      `SKIPPED: ${serviceNames[service]} is not reachable at ${address} – ${tests} did not run`,
    ];
  });
  const others = skipped.filter(
    (test) => !services.some((service) => needs(service, test.ancestorTitles)),
  );
  return [...lines, ...others.map((test) => `SKIPPED: ${test.fullName}`)];
}
