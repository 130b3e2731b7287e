import { expect, test } from '@jest/globals';
import type { HttpRequest } from '#kit/http-server.ts';
import { silentLogger } from '#kit/log.ts';
import type { GatewayContext } from './caller.ts';
import { fault } from './errors.ts';
import { answerGraphql, type GraphqlHttpSettings } from './http.ts';

const context = { identity: { userId: 'ada' } } as unknown as GatewayContext;

test('a session that ends while its rate is counted gets no stream', async () => {
  let ended = false;
  const opened: GatewayContext[] = [];
  const settings = {
    async identify() {
      if (ended) throw fault('UNAUTHENTICATED', 'the session has ended', { status: 401 });
      return context;
    },
    rates: { admit: async () => ({}) },
    persisted: { resolve: (parameters: object) => parameters },
    answerByStream(_request: HttpRequest, _parameters: object, caller: GatewayContext) {
      opened.push(caller);
      return { status: 200, headers: {}, body: '' };
    },
    logger: silentLogger,
  } as unknown as GraphqlHttpSettings;
  const request = {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: Buffer.from('{"query":"subscription { pulses { count } }"}'),
    url: new URL('http://localhost/graphql'),
    remoteAddress: '192.0.2.1',
  };
  expect((await answerGraphql(settings)(request)).status).toBe(200);
  const { admit } = settings.rates;
  Object.assign(settings.rates, {
    async admit(caller: GatewayContext) {
      const headers = await admit(caller);
      ended = true;
      return headers;
    },
  });
  const refused = await answerGraphql(settings)(request);
  expect(refused.status).toBe(401);
  expect(refused.body).toContain('UNAUTHENTICATED');
  expect(opened).toEqual([context]);
});
