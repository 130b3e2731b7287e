import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again until the answer is as wanted.
 * @throws Error with the last answer, or the last error, when that takes too long
 */
export async function eventually<Answer>(
  ask: () => Promise<Answer>,
  isAsWanted: (answer: Answer) => boolean,
  timeoutMs = 30_000,
): Promise<Answer> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const outcome = await ask().then(
      (answer) => ({ answer }),
      (error: unknown) => ({ error }),
    );
    if ('answer' in outcome && isAsWanted(outcome.answer)) return outcome.answer;
    if (Date.now() > deadline) {
      if ('error' in outcome) throw outcome.error;
      throw new Error(`after ${timeoutMs} ms it is still ${JSON.stringify(outcome.answer)}`);
    }
    await sleep(100);
  }
}
