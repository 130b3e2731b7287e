import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '#kit/clock.ts';
import { silentLogger } from '#kit/log.ts';
import { start } from '#gateway/main.ts';
import { readGatewayConfig } from '#gateway/config.ts';
import { composeBench, type SubgraphName } from './world.ts';

/** The gateway as it runs in production, in a process of its own. */
const settings = JSON.parse(process.argv[2] ?? '') as {
  readonly urls: Record<SubgraphName, string>;
  readonly jwksUrl: string;
  readonly privateKey: string;
};
const folder = mkdtempSync(join(tmpdir(), 'bench-fanout-'));
const supergraph = join(folder, 'supergraph.graphql');
writeFileSync(supergraph, composeBench(settings.urls));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const gateway = await start(
  readGatewayConfig({
    PORT: '0',
    SUPERGRAPH: supergraph,
    USERS_JWKS_URL: settings.jwksUrl,
    IDENTITY_PRIVATE_KEY: settings.privateKey,
  }),
  { local: false, logger: silentLogger, clock: systemClock },
);
process.on('message', async (question: { settle?: boolean; behind?: boolean }) => {
  for (let turn = 0; question.settle && turn < 3; turn += 1) {
    global.gc?.();
    await sleep(300);
  }
  const behind = question.behind ? { behind: countBehind() } : {};
  process.send?.({ cpu: process.cpuUsage(), ...memory(), ...behind });
});
/** Sockets whose other end does not take what was written. Node has no other way to list them. */
function countBehind(): number {
  const { _getActiveHandles: handles } = process as unknown as {
    _getActiveHandles(): readonly unknown[];
  };
  return handles().filter((one) => one instanceof Socket && one.writableNeedDrain).length;
}

function memory() {
  const { rss, heapUsed, external } = process.memoryUsage();
  return { memoryBytes: rss, heapBytes: heapUsed + external };
}
process.on('disconnect', () => process.exit());
process.send?.({ port: gateway.port });
