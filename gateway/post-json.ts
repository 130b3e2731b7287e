import type { Dispatcher, Pool } from 'undici';

/** What came back over HTTP. */
export interface RawAnswer {
  readonly status: number;
  readonly text: string;
}

/** The whole answer was not there in time. */
export class TookTooLong extends Error {
  /** It still waited for a connection. */
  readonly nothingSent: boolean;

  constructor(nothingSent: boolean) {
    super('took too long');
    this.nothingSent = nothingSent;
  }
}

/**
 * Posts JSON and reads the whole answer. It uses undici's dispatch, because a stream for each answer,
 * which nobody reads as one, costs as much as the rest of the request.
 * @param withinMs for all of it: the wait for a connection, and an answer that comes drop by drop
 * @throws TookTooLong, or Error of undici, with its code
 */
export function postJson(
  pool: Pool,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  withinMs: number,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let late: TookTooLong | undefined;
    const timer = setTimeout(() => {
      late = new TookTooLong(!controller);
      controller?.abort(late);
      reject(late);
    }, withinMs);
    const handler = collect(
      (started) => {
        controller = started;
        if (late) controller.abort(late);
      },
      (answer) => {
        clearTimeout(timer);
        resolve(answer);
      },
      (error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
    pool.dispatch({ method: 'POST', path, headers, body }, handler);
  });
}

function collect(
  start: (controller: Dispatcher.DispatchController) => void,
  resolve: (answer: RawAnswer) => void,
  reject: (error: Error) => void,
): Dispatcher.DispatchHandler {
  let status = 0;
  let first: Buffer | undefined;
  let more: Buffer[] | undefined;
  return {
    onRequestStart: start,
    onResponseStart(_controller, statusCode) {
      status = statusCode;
    },
    onResponseData(_controller, chunk) {
      if (!first) first = chunk;
      else (more ??= [first]).push(chunk);
    },
    onResponseEnd() {
      const bytes = more ? Buffer.concat(more) : first;
      resolve({ status, text: bytes ? bytes.toString('utf8') : '' });
    },
    onResponseError(_controller, error) {
      reject(error);
    },
  };
}
