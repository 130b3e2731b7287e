import type { GatewayContext } from '../caller.ts';
import type { OperationLimits } from '../config.ts';

/** One connection that streams may run on: a socket, or an HTTP response that stays open. */
export interface Client {
  readonly context: GatewayContext | undefined;
  readonly expiresAtMs: number;
  end(why: ClientEnd): void;
  /** Called a few times each second. */
  tick(nowMs: number): void;
}

export type ClientEnd = 'EXPIRED' | 'SESSION_ENDED' | 'RESTARTING';

/** The connections of this gateway, and how many are allowed. */
export interface Clients {
  /** Counts a connection. @returns what it exceeds */
  open(client: Client): string | undefined;
  /** Counts it for its user, whom it has just told. @returns what it exceeds */
  identified(client: Client): string | undefined;
  /** Counts a subscription of its user. @returns what it exceeds */
  subscribed(client: Client): string | undefined;
  unsubscribed(client: Client): void;
  closed(client: Client): void;
  /** Ends the connections of these sessions, API keys and secrets of API keys. */
  endSessions(ids: ReadonlySet<string>): void;
  endAll(why: ClientEnd): void;
  close(): void;
  figures(): { readonly connections: number; readonly users: number };
}

interface User {
  connections: number;
  subscriptions: number;
}

const tickMs = 250;

export function createClients(limits: OperationLimits, now: () => number): Clients {
  const clients = new Set<Client>();
  const identified = new Set<Client>();
  const users = new Map<string, User>();
  const ticker = setInterval(() => {
    const nowMs = now();
    for (const client of clients) {
      if (client.expiresAtMs <= nowMs) client.end('EXPIRED');
      else client.tick(nowMs);
    }
  }, tickMs);
  ticker.unref();

  const idOf = ({ context }: Client) => context?.identity.userId ?? undefined;
  const userOf = (client: Client) => users.get(idOf(client) ?? '');

  return {
    open(client) {
      const { connections } = limits;
      if (clients.size >= connections) return `this gateway carries ${connections} connections`;
      clients.add(client);
      return undefined;
    },
    identified(client) {
      const id = idOf(client);
      if (id === undefined) return undefined;
      const user = users.get(id) ?? { connections: 0, subscriptions: 0 };
      const { connectionsPerUser: most } = limits;
      if (user.connections >= most) return `a user has at most ${most} connections`;
      user.connections += 1;
      users.set(id, user);
      identified.add(client);
      return undefined;
    },
    subscribed(client) {
      const user = userOf(client);
      const { subscriptionsPerUser: most } = limits;
      if (!user) return undefined;
      if (user.subscriptions >= most) return `a user has at most ${most} subscriptions`;
      user.subscriptions += 1;
      return undefined;
    },
    unsubscribed(client) {
      const user = userOf(client);
      if (user) user.subscriptions -= 1;
    },
    closed(client) {
      clients.delete(client);
      if (!identified.delete(client)) return;
      const user = userOf(client);
      if (!user) return;
      user.connections -= 1;
      if (user.connections === 0) users.delete(idOf(client) ?? '');
    },
    endSessions(ids) {
      for (const client of clients) {
        const { sessionId, apiKeyId } = client.context?.identity ?? {};
        const { secretHash } = client.context ?? {};
        const opened = [sessionId ?? apiKeyId, secretHash];
        if (opened.some((one) => one && ids.has(one))) client.end('SESSION_ENDED');
      }
    },
    endAll(why) {
      for (const client of clients) client.end(why);
    },
    close: () => clearInterval(ticker),
    figures: () => ({ connections: clients.size, users: users.size }),
  };
}
