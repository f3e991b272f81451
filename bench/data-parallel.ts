// Steps of data-parallel training by threads: time and processor time of a step by method and number of workers. The
// models are those of the study data-parallel, the dual encoder with whole queries of five pairs. All take turns; the
// least of the rounds counts, and the first one, in which programs are compiled, does not.
// usage: npm run bench:data-parallel [-- --rounds=5]

import { loadavg } from 'node:os';
import { METHODS, type Run } from '../src/studies/data-parallel/tables.ts';
import type { TaskSettings } from '../src/studies/data-parallel/tasks.ts';
import { trainInThreads } from '../src/studies/data-parallel/threads.ts';

const GROUPS = [2, 4];

interface Case {
  readonly task: TaskSettings['task'];
  readonly batch: number;
  readonly steps: number;
}

const CASES: readonly Case[] = [
  { task: 'mlp', batch: 48, steps: 400 },
  { task: 'infonce', batch: 48, steps: 30 },
  { task: 'cross-entropy', batch: 48, steps: 30 },
  { task: 'cross-entropy', batch: 192, steps: 10 },
];

function settingsOf({ task, batch, steps }: Case): TaskSettings {
  return {
    task,
    batch,
    seed: 1,
    schedule: { peak: 0.002, warmUp: 1, steps },
    mlp: { inputs: 32, hidden: 128, classes: 10 },
    dualEncoder: {
      cards: 27,
      pairs: 5,
      queries: 4096,
      dim: 27,
      encoder: { layers: 4, width: 64, heads: 4, feedForward: 256, pooling: 'mean' },
    },
  };
}

interface Cost {
  readonly ms: number;
  readonly cpuMs: number;
}

/** Costs of a step, by training. */
async function measure(
  one: Case,
  trainings: readonly { readonly run: Run; readonly workers: number }[],
  rounds: number,
): Promise<readonly Cost[]> {
  const all = Array.from({ length: rounds + 1 }, () => trainings).flat();
  const least = trainings.map(() => ({ ms: Infinity, cpuMs: Infinity }));
  const running = all.map(({ workers }) => workers);
  let began = performance.now();
  let used = process.cpuUsage();
  await trainInThreads(settingsOf(one), all, {
    onFinished: ({ index }) => {
      running[index] -= 1;
      if (running[index] > 0) return;
      const { user, system } = process.cpuUsage(used);
      const ms = (performance.now() - began) / one.steps;
      if (index >= trainings.length) {
        const own = least[index % trainings.length];
        own.ms = Math.min(own.ms, ms);
        own.cpuMs = Math.min(own.cpuMs, (user + system) / 1e3 / one.steps);
      }
      began = performance.now();
      used = process.cpuUsage();
    },
  });
  return least;
}

const given = process.argv.slice(2);
const rounds = Number(given[0]?.match(/^--rounds=(\d+)$/)?.[1] ?? (given.length === 0 ? 5 : 0));
if (rounds < 1 || given.length > 1) {
  console.error('usage: npm run bench:data-parallel [-- --rounds=NUMBER]');
  process.exit(2);
}
for (const one of CASES) {
  const trainings = [
    { run: 'one' as const, workers: 1 },
    ...GROUPS.flatMap((workers) => METHODS.map((run) => ({ run, workers }))),
  ];
  const costs = await measure(one, trainings, rounds);
  console.log(`${one.task}, batch ${one.batch} (load ${loadavg()[0].toFixed(1)})`);
  for (const [i, { run, workers }] of trainings.entries()) {
    const { ms, cpuMs } = costs[i];
    console.log(
      `  ${run.padEnd(7)} ${workers} workers  ${ms.toFixed(2)} ms/step, ${cpuMs.toFixed(2)} of processor time; ` +
        `${(costs[0].ms / ms).toFixed(2)} times as fast as one`,
    );
  }
  for (const workers of GROUPS) {
    const shard = { ...one, batch: one.batch / workers };
    const [alone] = await measure(shard, [{ run: 'one', workers: 1 }], rounds);
    console.log(
      `  one alone, batch ${shard.batch}  ${alone.ms.toFixed(2)} ms/step, ${alone.cpuMs.toFixed(2)} of processor time`,
    );
  }
}
