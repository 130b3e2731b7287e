/**
 * An expected "no". Each service closes `Code` to its own union; the GraphQL edge turns codes into
 * answers in one place. Thrown inside a transaction, it rolls the transaction back.
 */
export class Refusal<Code extends string = string> extends Error {
  readonly code: Code;

  constructor(code: Code, message: string) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
  }
}

/** A bug or a broken promise of another program: never shown to a caller, always logged. */
export class Fault extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Fault';
  }
}

/** Throws a Fault when what must hold does not: for bugs, never for what can be expected. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Fault(message);
}

/** The place of a missing `case`: the compiler refuses a call that can be reached. */
export function unreachable(value: never): never {
  throw new Fault(`unexpected value ${JSON.stringify(value)}`);
}
