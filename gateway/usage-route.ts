import type { HttpRequest, HttpResponse } from '#kit/http-server.ts';
import type { Logger } from '#kit/log.ts';
import type { Identify } from './caller.ts';
import { fault } from './errors.ts';
import { refuse } from './http-answer.ts';
import type { Supergraph } from './supergraph.ts';
import type { Usage } from './usage.ts';

export interface UsageRouteSettings {
  readonly identify: Identify;
  readonly usage: Usage;
  readonly supergraph: () => Supergraph;
  readonly logger: Logger;
}

/** GET /api/usage, for operators: what is executed, and which deprecated fields are still asked for. */
export function usageRoute(settings: UsageRouteSettings) {
  const { identify, usage, supergraph, logger } = settings;
  return async (request: HttpRequest): Promise<HttpResponse> => {
    try {
      const { identity } = await identify(request);
      if (!identity.roles.includes('OPERATOR')) {
        throw fault('FORBIDDEN', 'usage is for operators', { status: 403 });
      }
      const report = usage.report();
      const fields = Object.entries(report.fields).map(([field, count]) => {
        const deprecated = deprecation(supergraph(), field);
        return { field, ...count, ...(deprecated ? { deprecated } : {}) };
      });
      return {
        status: 200,
        headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
        body: JSON.stringify({ ...report, fields }),
      };
    } catch (error) {
      return refuse(request, error, logger);
    }
  };
}

function deprecation({ apiSchema }: Supergraph, coordinate: string): string | undefined {
  const [type = '', name = ''] = coordinate.split('.');
  const owner = apiSchema.getType(type);
  const field = owner && 'getFields' in owner ? owner.getFields()[name] : undefined;
  return (field && 'deprecationReason' in field && field.deprecationReason) || undefined;
}
