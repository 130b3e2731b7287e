import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from './eventually.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** One program as a child process: a file of ours, or any command in a process group of its own. */
export class Program {
  readonly name: string;
  readonly #command: string | readonly string[];
  readonly #environment: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  /** Standard output and standard error as they came. */
  output = '';
  /** Standard error alone. */
  errors = '';
  exited: Promise<number | null> = Promise.resolve(null);

  constructor(
    name: string,
    command: string | readonly string[],
    environment: Readonly<Record<string, string>>,
  ) {
    this.name = name;
    this.#command = command;
    this.#environment = environment;
  }

  get isDead(): boolean {
    return !this.#child || this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  start(): void {
    // Only what is named: the machine's own DATABASE_URL must not reach a test.
    const { PATH = '', HOME = '' } = process.env;
    const isOurs = typeof this.#command === 'string';
    const [command = '', ...parameters] = isOurs
      ? [process.execPath, join(root, this.#command as string)]
      : this.#command;
    const child = spawn(command, parameters, {
      cwd: root,
      env: { PATH, HOME, ...this.#environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: !isOurs,
    });
    this.#child = child;
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.output += text;
      this.errors += text;
    });
    this.exited = new Promise((resolve) => child.once('close', resolve));
  }

  /** Waits until it has printed that; an error when it ends before. */
  async says(text: string, timeoutMs = 60_000): Promise<void> {
    await eventually(
      () => this.output.includes(text) || this.isDead,
      (isOver) => isOver,
      timeoutMs,
    );
    if (!this.output.includes(text)) throw new Error(`${this.name} ended:\n${this.output}`);
  }

  /** To the program, or like a terminal to its whole group. */
  signal(signal: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    if (pid === undefined || this.isDead) return;
    process.kill(typeof this.#command === 'string' ? pid : -pid, signal);
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited;
  }

  async stop(): Promise<void> {
    if (this.isDead) return;
    this.signal('SIGTERM');
    const patience = setTimeout(() => this.signal('SIGKILL'), 20_000);
    await this.exited;
    clearTimeout(patience);
  }
}
