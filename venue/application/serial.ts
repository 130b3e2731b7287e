/** Runs jobs one after the other, in the order of the calls; a failed one stops nobody else. */
export function createSerial(): <Result>(job: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (job) => {
    const result = last.then(job, job);
    last = result.catch(() => undefined); // the caller has the same rejection
    return result;
  };
}
