import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A program of this bench in a process of its own. */
export interface Child {
  /** Its first message, which says that it is ready. */
  readonly hello: unknown;
  /** One question at a time. */
  ask(question: object): Promise<unknown>;
  stop(): Promise<void>;
}

export async function startChild(
  file: string,
  args: readonly string[],
  options: { readonly flags?: readonly string[]; readonly silent?: boolean } = {},
): Promise<Child> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = fork(path, args, {
    execArgv: ['--disable-warning=ExperimentalWarning', ...(options.flags ?? [])],
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const message = async () => {
    const dead = exited.then(([code]) => {
      throw new Error(`${file} ${args[0] ?? ''} ended with ${code}`);
    });
    const [said] = (await Promise.race([once(child, 'message'), dead])) as [unknown];
    return said;
  };
  const hello = options.silent ? undefined : await message();
  return {
    hello,
    ask(question) {
      const answer = message();
      child.send(question);
      return answer;
    },
    async stop() {
      child.disconnect();
      await exited;
    },
  };
}
