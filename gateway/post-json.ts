import type { Dispatcher, Pool } from 'undici';

/** What came back over HTTP. */
export interface RawAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * Posts JSON and reads the whole answer. It uses undici's dispatch, because a stream for each answer,
 * which nobody reads as one, costs as much as the rest of the request.
 * @throws Error of undici, with its code
 */
export function postJson(
  pool: Pool,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    pool.dispatch({ method: 'POST', path, headers, body }, collect(resolve, reject));
  });
}

function collect(
  resolve: (answer: RawAnswer) => void,
  reject: (error: Error) => void,
): Dispatcher.DispatchHandler {
  let status = 0;
  let first: Buffer | undefined;
  let more: Buffer[] | undefined;
  return {
    onRequestStart() {},
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
