import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPairSync } from 'node:crypto';
import { systemClock } from '#kit/clock.ts';
import { silentLogger } from '#kit/log.ts';
import { startByHand } from './by-hand.ts';
import { composeBench, hashOf, queries } from './world.ts';

/** One gateway in a process of its own: `target.ts <name> <address of the subgraphs>`. */
const [, , name = '', subgraphs = ''] = process.argv;
const privateKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

/** Ours as it runs in production, with all protections. */
async function startOurs(): Promise<string> {
  const { start } = await import('#gateway/main.ts');
  const { readGatewayConfig } = await import('#gateway/config.ts');
  const folder = mkdtempSync(join(tmpdir(), 'bench-gateway-'));
  const supergraph = join(folder, 'supergraph.graphql');
  writeFileSync(supergraph, composeBench(subgraphs));
  const config = readGatewayConfig({
    PORT: '0',
    SUPERGRAPH: supergraph,
    USERS_JWKS_URL: `${subgraphs}/jwks`,
    IDENTITY_PRIVATE_KEY: privateKey,
    SUBGRAPH_DEDUPLICATION: 'off',
    // Counted as ever, and never reached by the bench's only user.
    RATE_LIMIT_CUSTOMER: '1000000000',
    RATE_LIMIT_STRANGER: '1000000000',
  });
  const gateway = await start(config, { local: false, logger: silentLogger, clock: systemClock });
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return gateway.url;
}

/** As its documentation starts it. */
async function startApollo(): Promise<string> {
  process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';
  const { ApolloServer } = await import('@apollo/server');
  const { startStandaloneServer } = await import('@apollo/server/standalone');
  const { ApolloGateway } = await import('@apollo/gateway');
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const gateway = new ApolloGateway({ supergraphSdl: composeBench(subgraphs), logger });
  const server = new ApolloServer({ gateway, logger });
  const { url } = await startStandaloneServer(server, { listen: { host: '127.0.0.1', port: 0 } });
  return url;
}

/** The engine of `hive-gateway supergraph`, on node:http as its program starts it. */
async function startHive(): Promise<string> {
  const { createGatewayRuntime } = await import('@graphql-hive/gateway-runtime');
  const texts = new Map(queries.map(({ query }) => [hashOf(query), query]));
  const runtime = createGatewayRuntime({
    supergraph: composeBench(subgraphs),
    logging: false,
    graphiql: false,
    landingPage: false,
    persistedDocuments: {
      allowArbitraryDocuments: true,
      getPersistedOperation: (hash) => texts.get(hash) ?? null,
    },
  });
  return `${await listen(runtime as unknown as RequestListener)}/graphql`;
}

function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
  });
}

const starts: Record<string, () => Promise<string>> = {
  ours: startOurs,
  apollo: startApollo,
  hive: startHive,
  'by hand': () => startByHand(subgraphs, privateKey),
};
const url = await starts[name]?.();
if (!url) throw new Error(`no gateway is called ${name}`);
process.on('message', () => {
  process.send?.({ cpu: process.cpuUsage(), memoryBytes: process.memoryUsage().rss });
});
process.on('disconnect', () => process.exit());
process.send?.({ url });
