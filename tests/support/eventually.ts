import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again until it gets an answer, and until that is as wanted.
 * @throws the last error, or an Error with the last answer, when that takes too long
 */
export async function eventually<Answer>(
  ask: () => Answer | Promise<Answer>,
  isAsWanted: (answer: Answer) => boolean = () => true,
  timeoutMs = 30_000,
): Promise<Answer> {
  for (const deadline = Date.now() + timeoutMs; ; await sleep(20)) {
    const isLast = Date.now() > deadline;
    try {
      const answer = await ask();
      if (isAsWanted(answer)) return answer;
      if (isLast) throw new Error(`after ${timeoutMs} ms it is still ${JSON.stringify(answer)}`);
    } catch (error) {
      if (isLast) throw error;
    }
  }
}
