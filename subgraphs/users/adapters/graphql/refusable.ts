import { AccountRefusal } from '../../domain/account.ts';

/** Turns an expected no into data; everything else stays a fault. */
export async function refusable<Payload extends object>(work: () => Promise<Payload>) {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AccountRefusal)) throw error;
    const { code, message, retryAfterSeconds = null } = error;
    return { refusal: { code, message, retryAfterSeconds } };
  }
}
