import { readFileSync } from 'node:fs';
import type { HttpResponse } from '#kit/http-server.ts';

/** Served from our own packages: GraphiQL works without the internet. */
const assets = {
  '/assets/react.js': ['../node_modules/react/umd/react.production.min.js', 'text/javascript'],
  '/assets/react-dom.js': [
    '../node_modules/react-dom/umd/react-dom.production.min.js',
    'text/javascript',
  ],
  '/assets/graphiql.js': ['../node_modules/graphiql/graphiql.min.js', 'text/javascript'],
  '/assets/graphiql.css': ['../node_modules/graphiql/graphiql.min.css', 'text/css'],
  '/assets/graphql-ws.js': ['../node_modules/graphql-ws/umd/graphql-ws.min.js', 'text/javascript'],
  '/assets/start-graphiql.js': ['./assets/start-graphiql.js', 'text/javascript'],
} as const;

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Mammon · GraphiQL</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/assets/graphiql.css">
    <style>html, body, #graphiql { height: 100%; margin: 0; }</style>
  </head>
  <body>
    <div id="graphiql">Loading…</div>
    <script src="/assets/react.js"></script>
    <script src="/assets/react-dom.js"></script>
    <script src="/assets/graphql-ws.js"></script>
    <script src="/assets/graphiql.js"></script>
    <script src="/assets/start-graphiql.js"></script>
  </body>
</html>
`;

const policy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' " +
  "data:; worker-src 'self' blob:; connect-src 'self' ws: wss:; frame-ancestors 'none'";

/** The page at the endpoint itself, for browsers in local mode. */
export function graphiqlPage(): HttpResponse {
  const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy };
  return { status: 200, headers, body: page };
}

/** A route for each file that the page needs. */
export function graphiqlAssets(): Record<string, () => Promise<HttpResponse>> {
  return Object.fromEntries(
    Object.entries(assets).map(([path, [file, type]]) => [
      path,
      async () => ({
        status: 200,
        headers: { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'max-age=3600' },
        body: readFileSync(new URL(file, import.meta.url), 'utf8'),
      }),
    ]),
  );
}
