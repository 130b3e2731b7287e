import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { serviceDatabaseUrl } from '#kit/orm.ts';
import { openDatabase } from '#subgraphs/wallets/main.ts';
import { readJournal } from './journal.ts';
import { createRandom, type Random } from './random.ts';
import { startVictim, type Victim } from './victim.ts';
import { judge, numberOf, type Verdict } from './verdict.ts';

export interface Plan {
  readonly seed: number;
  /** How often a posting process is killed, and how often PostgreSQL is. */
  readonly kills: number;
  readonly postgresKills: number;
  readonly posters: number;
}

interface Count {
  kills: number;
  postgresKills: number;
}

/**
 * Kills processes that post, and PostgreSQL under them, at random moments; then asks whether the
 * books are in order and hold what was acknowledged, once. Seeds repeat the plan, not the
 * interleaving: that is the machine's.
 */
export async function torture(plan: Plan, say: (line: string) => void): Promise<Verdict & Count> {
  say(
    `seed ${plan.seed}: ${plan.kills} kills of ${plan.posters} posters, ` +
      `${plan.postgresKills} of PostgreSQL (again by --seed=${plan.seed})`,
  );
  const folder = mkdtempSync(join(tmpdir(), 'mammon-torture-'));
  chmodSync(folder, 0o755);
  const journals = Array.from({ length: plan.posters }, (_, n) => join(folder, `journal-${n}`));
  const count: Count = { kills: 0, postgresKills: 0 };
  const acknowledged = () => journals.flatMap(readJournal).filter((each) => each.answer).length;
  const progress = setInterval(() => {
    const { kills, postgresKills } = count;
    say(
      `kills ${kills}/${plan.kills}, PostgreSQL ${postgresKills}/${plan.postgresKills}, ` +
        `${acknowledged()} requests acknowledged`,
    );
  }, 5_000);
  const posters: Poster[] = [];
  let victim: Victim | undefined;
  try {
    victim = await startVictim(join(folder, 'data'));
    const url = serviceDatabaseUrl(victim.url, 'wallets');
    await (await openDatabase(url)).close(true);
    posters.push(...journals.map((journal) => startPoster(plan, url, journal)));
    const work = posters.map((poster, n) =>
      killAgainAndAgain(poster, plan, count, createRandom(plan.seed + n)),
    );
    await Promise.all([...work, killPostgres(victim, plan, count)]);
    say(`${acknowledged()} requests acknowledged; the posters end in order`);
    await Promise.all(posters.map((poster) => poster.end()));
    const orm = await openDatabase(url);
    try {
      return { ...(await judge(orm, journals.flatMap(readJournal))), ...count };
    } finally {
      await orm.close(true);
    }
  } finally {
    clearInterval(progress);
    await Promise.allSettled(posters.map((poster) => poster.kill()));
    await victim?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Most are killed at work, some while they start or catch up. */
async function killAgainAndAgain(poster: Poster, plan: Plan, count: Count, random: Random) {
  while (count.kills < plan.kills) {
    if (random.next() < 0.9) await poster.ready();
    await sleep(random.between(0, 1_200));
    if (count.kills >= plan.kills) return;
    count.kills += 1;
    await poster.kill();
    poster.start();
  }
}

/** Spread over the whole run; ends when both counts are reached. */
async function killPostgres(victim: Victim, plan: Plan, count: Count): Promise<void> {
  const random = createRandom(numberOf(`postgres ${plan.seed}`));
  for (; count.postgresKills < plan.postgresKills; count.postgresKills += 1) {
    const share = ((count.postgresKills + random.next()) / plan.postgresKills) * plan.kills;
    while (count.kills < Math.min(share, plan.kills)) await sleep(20);
    await sleep(random.between(0, 300));
    await victim.kill(random.pick(['everything', 'postmaster', 'backend']), random);
  }
}

interface Poster {
  start(): void;
  /** Resolves when it posts; rejects when it ended by itself. */
  ready(): Promise<unknown>;
  kill(): Promise<void>;
  end(): Promise<void>;
}

function startPoster(plan: Plan, url: string, journal: string): Poster {
  let child: ChildProcess;
  let ready: Promise<unknown>;
  let ended: Promise<unknown>;
  let lives = 0;
  start();
  return { start, ready: () => ready, kill, end };

  function start(): void {
    const seed = numberOf(`${journal.at(-1)} ${plan.seed} ${lives++}`);
    const file = fileURLToPath(new URL('poster.ts', import.meta.url));
    const settings = [`--url=${url}`, `--journal=${journal}`, `--seed=${seed}`];
    child = fork(file, settings, { execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let complaint = '';
    child.stderr?.on('data', (text: Buffer) => (complaint += text.toString()));
    ended = once(child, 'exit');
    const died = ended.then(() => {
      if (child.signalCode === 'SIGKILL') return;
      throw new Error(`a poster ended with ${child.exitCode}: ${complaint}`);
    });
    ready = Promise.race([once(child, 'message'), died]);
    ready.catch(() => undefined); // whoever waits for it is told
  }

  async function kill(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await ended;
  }

  async function end(): Promise<void> {
    await ready;
    child.send('end');
    await ended;
    if (child.exitCode !== 0) throw new Error('a poster could not come to its end');
  }
}
