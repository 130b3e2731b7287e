/** A service that cannot be reached now; the same call may succeed later. */
export class Unavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Unavailable';
  }
}

/**
 * Whether the same work may succeed later without anybody changing anything: a service was away, or
 * PostgreSQL asks for a repetition. SQLSTATE classes: 08 connection, 53 resources, 57P0x shutdown,
 * 40001 serialization, 40P01 deadlock.
 */
export function isTransient(error: unknown): boolean {
  if (error instanceof Unavailable) return true;
  // By its shape, not its class: the system's errors come from another realm in Jest.
  if (typeof error !== 'object' || error === null) return false;
  const { name, code, message, cause } = error as Partial<NodeJS.ErrnoException>;
  if (name === 'MaxRetriesPerRequestError') return true;
  if (typeof code === 'string' && codes.test(code)) return true;
  return (typeof message === 'string' && lostConnection.test(message)) || isTransient(cause);
}

const codes =
  /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|E(HOST|NET)UNREACH|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|(08|53)\w{3}|57P0\w|40001|40P01)$/;

/** pg gives these errors no code. */
const lostConnection =
  /^(Connection terminated|timeout e(xceeded|xpired)|Client has encountered a connection error)/;
