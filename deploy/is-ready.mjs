// Asks a program of the same container whether it is ready; a container's health check, so plain
// JavaScript that starts fast. `node deploy/is-ready.mjs http://127.0.0.1:4003/health/ready`, or
// tcp://127.0.0.1:9878 for the venue, which speaks FIX only and listens once its books are read.
import { connect } from 'node:net';

const url = new URL(process.argv[2] ?? '');
const timeoutMs = 4_000;

try {
  if (url.protocol === 'tcp:') await takesConnections(url);
  else await answersOk(url);
} catch (error) {
  process.stderr.write(`${url.href}: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

async function answersOk(address) {
  const response = await fetch(address, { signal: AbortSignal.timeout(timeoutMs) });
  const body = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${body}`);
}

function takesConnections({ hostname, port }) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), timeout: timeoutMs });
    socket.once('connect', () => resolve(socket.destroy()));
    socket.once('timeout', () => reject(socket.destroy(new Error('no answer'))));
    socket.once('error', reject);
  });
}
