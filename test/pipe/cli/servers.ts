import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { StartedProcess } from '../../processes.ts';
import { stage } from './pipe.ts';

/** A project whose results are worth sharing: of two sizes, of several inputs, and nothing at all. */
export const files = {
  'pipeline.yaml': `
axes: { n: [1, 2] }
stages:
  count: { matrix: [n] }
  sum: { matrix: [], inputs: { counts: count/out } }
  nothing: {}
`,
  'stages/count.ts': stage(`writeFileSync(outputs.out, 'x'.repeat(1_000_000 * params.n));`, {
    params: ['n'],
  }),
  'stages/sum.ts': stage(
    `writeFileSync(outputs.out, String(inputs.counts.map((c: any) => readFileSync(c.path).length)));`,
    { inputs: `{ counts: 'many' }` },
  ),
  'stages/nothing.ts': stage(`writeFileSync(outputs.out, '');`),
};

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Waits until a server listens, for five seconds at most. */
export async function isUp(port: number): Promise<void> {
  for (let left = 100; left > 0; left -= 1) {
    const socket = connect(port, '127.0.0.1');
    const answer = await once(socket, 'connect').catch(() => undefined);
    socket.destroy();
    if (answer !== undefined) return;
    await delay(50);
  }
}

export async function end(server: StartedProcess): Promise<void> {
  const ended = once(server, 'exit');
  server.kill('SIGKILL');
  await ended;
}
