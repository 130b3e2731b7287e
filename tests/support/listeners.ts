import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Whether this machine can say who listens where. */
export const canListListeners = existsSync('/proc/net/tcp');

export interface Listener {
  /** As the kernel writes it: hexadecimal, each word in the machine's byte order. */
  readonly address: string;
  readonly port: number;
}

/** 127.0.0.1 and ::1 as the kernel writes them on a little-endian machine. */
export const loopback = ['0100007F', '00000000000000000000000001000000'];

/** The TCP addresses that a process listens on. */
export function listenersOf(pid: number): Listener[] {
  const inodes = socketsOf(pid);
  return allListeners().filter(({ inode }) => inodes.has(inode));
}

/** The process that listens on a port. */
export function listenerOn(port: number): number | undefined {
  const listener = allListeners().find((one) => one.port === port);
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const found = listener && pids.find((pid) => socketsOf(Number(pid)).has(listener.inode));
  return found === undefined ? undefined : Number(found);
}

/** The inodes of a process's sockets; none when it has ended or is not ours to see. */
function socketsOf(pid: number): Set<string> {
  const folder = `/proc/${pid}/fd`;
  try {
    return new Set(
      readdirSync(folder).flatMap(
        (fd) => /^socket:\[(\d+)\]$/.exec(readLink(`${folder}/${fd}`))?.[1] ?? [],
      ),
    );
  } catch {
    return new Set();
  }
}

/** Empty when the file was closed meanwhile. */
function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

const listening = '0A';

function allListeners(): (Listener & { inode: string })[] {
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => {
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').trim().split('\n').slice(1);
    return lines.flatMap((line) => {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
      const [address = '', port = ''] = local.split(':');
      return state === listening ? [{ address, port: Number.parseInt(port, 16), inode }] : [];
    });
  });
}
