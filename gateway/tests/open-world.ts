import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema, type GraphQLResolverMap } from '@apollo/subgraph';
import { graphql, parse } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { systemClock } from '#kit/clock.ts';
import { startHttpServer, type HttpRequest } from '#kit/http-server.ts';
import { silentLogger } from '#kit/log.ts';
import { readGatewayConfig } from '../config.ts';
import { start, type RunningGateway } from '../main.ts';

export interface PlainSubgraph {
  readonly name: string;
  readonly sdl: string;
  readonly resolvers?: GraphQLResolverMap<unknown>;
}

export interface OpenWorld extends AsyncDisposable {
  readonly gateway: RunningGateway;
  /** The supergraph's file. */
  readonly file: string;
  /** Every request that came to a subgraph. */
  readonly requests: readonly HttpRequest[];
  post(body: object, headers?: Record<string, string>): Promise<Response>;
}

/** Subgraphs that ask nobody who they are, composed, before a gateway that anybody may use. */
export async function openPlainWorld(
  subgraphs: readonly PlainSubgraph[],
  settings: Readonly<Record<string, string>> = {},
): Promise<OpenWorld> {
  const requests: HttpRequest[] = [];
  const servers = await Promise.all(subgraphs.map((one) => serve(one, requests)));
  const { supergraphSdl, errors } = composeServices(
    subgraphs.map(({ name, sdl }, index) => ({
      name,
      url: `${servers[index]?.url}/graphql`,
      typeDefs: parse(sdl),
    })),
  );
  if (!supergraphSdl) throw new Error(String(errors));
  const folder = mkdtempSync(join(tmpdir(), 'gateway-'));
  const file = join(folder, 'supergraph.graphql');
  writeFileSync(file, supergraphSdl);
  const config = readGatewayConfig({
    PORT: '0',
    SUPERGRAPH: file,
    GATEWAY_POLICY: 'open',
    ...settings,
  });
  const gateway = await start(config, { local: false, logger: silentLogger, clock: systemClock });
  return {
    gateway,
    file,
    requests,
    post: (body, headers = {}) =>
      fetch(gateway.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await Promise.all(servers.map((server) => server.close()));
      rmSync(folder, { recursive: true });
    },
  };
}

async function serve({ sdl, resolvers = {} }: PlainSubgraph, requests: HttpRequest[]) {
  const schema = buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers }]);
  const http = await startHttpServer({
    program: 'subgraphs',
    host: '127.0.0.1',
    port: 0,
    logger: silentLogger,
    routes: {
      '/graphql': async (request) => {
        requests.push(request);
        const { query, variables } = JSON.parse(request.body.toString()) as {
          query: string;
          variables?: Record<string, unknown>;
        };
        const result = await graphql({
          schema,
          source: query,
          ...(variables ? { variableValues: variables } : {}),
        });
        return {
          status: 200,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(result),
        };
      },
    },
  }); // As any other server of graphql-ws would: it knows nothing of ours.
  const sockets = new WebSocketServer({ server: http.server, path: '/graphql' });
  const subscriptions = useServer({ schema }, sockets);
  return {
    url: http.url,
    async close() {
      await subscriptions.dispose();
      await http.close();
    },
  };
}
