import { readFile } from 'node:fs/promises';
import type { Logger } from '#kit/log.ts';
import { counter, startAtZero } from '#kit/metrics.ts';
import type { Subgraphs } from './subgraphs.ts';
import { subgraphsOf, type SupergraphHolder } from './supergraph.ts';

export interface SupergraphWatchSettings {
  readonly file: string;
  /** 0: it is read once only. */
  readonly everyMs: number;
  /** The version in force. */
  readonly sdl: string;
  readonly subgraphs: Subgraphs;
  readonly holder: SupergraphHolder;
  readonly logger: Logger;
}

const changes = counter(
  'mammon_gateway_supergraph_changes_total',
  'Changes of the supergraph’s file: taken, or refused while the old one serves on',
  ['outcome'],
);
startAtZero(changes, [{ outcome: 'taken' }, { outcome: 'refused' }]);

/**
 * Takes the supergraph's file up when it changes. It is read and compared, because notices of
 * changes get lost on mounted folders and on files that are replaced. One that cannot be served is
 * refused once, aloud, and the old one serves on.
 */
export function watchSupergraph(settings: SupergraphWatchSettings): { close(): void } {
  const { file, everyMs, subgraphs, holder, logger } = settings;
  let inForce = settings.sdl;
  let seen = inForce;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  async function look(): Promise<void> {
    const sdl = await readFile(file, 'utf8').catch(() => seen);
    // A file that is being written is looked at again; only what stays is taken up.
    const stayed = sdl === seen || (await readFile(file, 'utf8').catch(() => '')) === sdl;
    if (!stayed || sdl === seen) return;
    seen = sdl;
    if (sdl === inForce) return;
    try {
      subgraphs.link(merged(inForce, sdl));
      await holder.replace(sdl);
      inForce = sdl;
      logger.info({ file }, 'serves a new supergraph');
      changes.inc({ outcome: 'taken' });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      logger.error({ file, why }, 'a new supergraph was refused; the old one serves on');
      changes.inc({ outcome: 'refused' });
    }
    subgraphs.link(subgraphsOf(inForce));
  }

  function schedule(): void {
    if (closed || everyMs === 0) return;
    timer = setTimeout(() => void look().finally(schedule), everyMs);
    timer.unref();
  }

  schedule();
  return {
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

/** Both versions' subgraphs, while one gives way to the other. */
function merged(old: string, next: string) {
  const coming = subgraphsOf(next);
  const names = new Set(coming.map(({ name }) => name));
  return [...coming, ...subgraphsOf(old).filter(({ name }) => !names.has(name))];
}
