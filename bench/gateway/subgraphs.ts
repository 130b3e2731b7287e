import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateKeyPairSync } from 'node:crypto';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { graphql, parse, type GraphQLSchema } from 'graphql';
import { exportJWK, SignJWT } from 'jose';
import { resolvers } from './resolvers.ts';
import { ada, schemas, type SubgraphName } from './world.ts';

/**
 * All subgraphs in one process. Each request is executed once; from then on its answer is ready-made,
 * so that the gateways get the cores. It also publishes a user's key and issues a token.
 */
const users = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = { ...(await exportJWK(users.publicKey)), kid: 'one', alg: 'ES256' };
const token = await new SignJWT({ sid: 'session-1', roles: ['CUSTOMER'] })
  .setProtectedHeader({ alg: 'ES256', kid: 'one' })
  .setSubject(ada)
  .setIssuer('mammon-users')
  .setAudience('mammon')
  .setIssuedAt()
  .setExpirationTime('2h')
  .sign(users.privateKey);

const built = new Map<string, GraphQLSchema>(
  Object.entries(schemas).map(([name, sdl]) => [
    `/${name}`,
    buildSubgraphSchema([
      { typeDefs: parse(sdl), resolvers: resolvers[name as SubgraphName] as never },
    ]),
  ]),
);
const ready = new Map<string, Buffer>();

async function answer(url: string, body: string): Promise<Buffer> {
  const key = `${url} ${body}`;
  const known = ready.get(key);
  if (known) return known;
  const schema = built.get(url);
  if (!schema) throw new Error(`no subgraph at ${url}`);
  const { query, variables } = JSON.parse(body) as {
    query: string;
    variables?: Record<string, unknown>;
  };
  const result = await graphql({ schema, source: query, variableValues: variables ?? {} });
  const bytes = Buffer.from(JSON.stringify(result));
  ready.set(key, bytes);
  return bytes;
}

const server = createServer((request, response) => {
  if (request.url === '/jwks') {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ keys: [jwk] }));
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = chunks.length === 1 ? String(chunks[0]) : String(Buffer.concat(chunks));
    answer(request.url ?? '', body).then(
      (bytes) => {
        response.writeHead(200, {
          'content-type': 'application/json',
          'content-length': bytes.length,
        });
        response.end(bytes);
      },
      (error: unknown) => {
        response.writeHead(500).end(String(error));
      },
    );
  });
});
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ url: `http://127.0.0.1:${port}`, token });
});
process.on('disconnect', () => process.exit());
