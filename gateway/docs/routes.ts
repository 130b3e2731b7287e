import { readFileSync } from 'node:fs';
import type { GraphQLSchema } from 'graphql';
import type { HttpRequest, HttpResponse } from '#kit/http-server.ts';
import { renderDocs } from './page.ts';

type Routes = Record<string, (request: HttpRequest) => Promise<HttpResponse>>;

const policy =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; frame-ancestors 'none'";

/** `/api/docs`, rendered once for each version of the schema, and the two files it needs. */
export function docsRoutes(schema: () => GraphQLSchema): Routes {
  let rendered: { schema: GraphQLSchema; html: string } | undefined;
  return {
    '/api/docs': async () => {
      const current = schema();
      if (rendered?.schema !== current) {
        rendered = { schema: current, html: renderDocs(current) };
      }
      const headers = {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': policy,
      };
      return { status: 200, headers, body: rendered.html };
    },
    '/api/docs.css': file('../assets/docs.css', 'text/css'),
    '/api/docs.js': file('../assets/docs.js', 'text/javascript'),
  };
}

function file(path: string, type: string): () => Promise<HttpResponse> {
  return async () => ({
    status: 200,
    headers: { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'max-age=300' },
    body: readFileSync(new URL(path, import.meta.url), 'utf8'),
  });
}
