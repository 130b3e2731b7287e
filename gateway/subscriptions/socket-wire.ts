import type { Socket } from 'node:net';

/**
 * The bytes of one client's socket: how they leave, and whether they are taken. A base class and no
 * object of its own, because there are thousands.
 */
export class SocketWire {
  readonly #wire: Socket;
  #waiting: (() => void)[] | undefined;

  constructor(wire: Socket) {
    this.#wire = wire;
  }

  protected writeBytes(bytes: Buffer): void {
    this.#wire.write(bytes);
  }

  /** Bytes that have left this process. */
  protected get taken(): number {
    return this.#wire.bytesWritten - this.#wire.writableLength;
  }

  get behind(): boolean {
    return this.#wire.writableNeedDrain;
  }

  whenCaughtUp(then: () => void): void {
    if (this.#waiting) return void this.#waiting.push(then);
    this.#waiting = [then];
    this.#wire.once('drain', () => {
      const waiting = this.#waiting ?? [];
      this.#waiting = undefined;
      for (const one of waiting) {
        // The first may have filled the socket again.
        if (this.behind) this.whenCaughtUp(one);
        else one();
      }
    });
  }

  /** Nobody is told any more that it caught up. */
  protected forgetWaiting(): void {
    this.#waiting = undefined;
  }
}
