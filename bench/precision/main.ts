// A training step of the perceptrons in each arithmetic: the memory of its tensors and the processor time of a step.
// Each measurement is made in a process of its own; memory is that of Linux.
// usage: npm run bench:precision [-- WIDTH ...]

import { readFileSync, writeFileSync } from 'node:fs';
import { execaSync } from 'execa';
import { compile } from '../../src/engine/index.ts';
import { currentSnapshot } from '../../src/pipe/loader/code.ts';
import type { Arithmetic } from '../../src/studies/precision/arithmetic.ts';
import { drawDigits } from '../../src/studies/precision/digits.ts';
import { networkParameters } from '../../src/studies/precision/network.ts';
import { trainingStep } from '../../src/studies/precision/step.ts';
import { initialise, parameterCount } from '../../src/study/models/parameters.ts';
import { timed } from '../step/engine.ts';
import { halfTraining } from './half-storage.ts';

const WIDTHS = [305, 1544, 12611];
const BATCH = 128;
const STEPS = 6;
const MIB = 2 ** 20;

/** What the engine compiles; rounding written out; and float16 in memory. */
const CASES = [
  'float32',
  'engine float16',
  'engine bfloat16',
  'none',
  'all',
  'float16 in memory',
  'float16 in memory, master',
] as const;
type Case = (typeof CASES)[number];

async function programOf(width: number, name: Case) {
  const parameters = initialise(networkParameters(width), 1);
  const settings = { batch: BATCH, lossWeight: 1, firstScale: 2 ** 15, growthSteps: 2000 };
  const inMemory = name.startsWith('float16 in memory');
  const arithmetic = (inMemory ? 'float32' : name) as Arithmetic;
  const { definition, options } = trainingStep(parameters, arithmetic, settings);
  const { pixels, labels } = drawDigits(BATCH, 1, 'train');
  const inputs = { x: pixels, labels, learningRate: Float32Array.of(0.005) };
  const program = inMemory
    ? await halfTraining(definition, name.endsWith('master'))
    : await compile(definition, options);
  return { program, inputs };
}

/** Runs some steps, which have to learn. */
async function stepsOf({ program, inputs }: Awaited<ReturnType<typeof programOf>>) {
  const losses: number[] = [];
  const samples = await timed(STEPS, async () => {
    losses.push(Number((await program.run(inputs)).loss[0]));
  });
  await program.dispose();
  if (!(losses[STEPS - 1] < losses[0])) throw new Error(`the steps do not learn: ${losses}`);
  return samples;
}

/** Least processor time of a step, ms. */
async function timeOf(width: number, name: Case): Promise<number> {
  const samples = await stepsOf(await programOf(width, name));
  return Math.min(...samples.map(({ cpuMs }) => cpuMs));
}

/** MiB of both sets of the weights, and of what the steps add to the process at most. */
async function memoryOf(width: number, name: Case): Promise<number> {
  const training = await programOf(width, name);
  (globalThis as { gc?: () => void }).gc?.();
  const before = residentMiB('VmRSS');
  // Linux forgets the peak so far, that of making the weights.
  writeFileSync('/proc/self/clear_refs', '5');
  await stepsOf(training);
  const bytes = name === 'float16 in memory' ? 2 : 4;
  const weights = (bytes * parameterCount(networkParameters(width))) / MIB;
  return residentMiB('VmHWM') - before + 2 * weights;
}

function residentMiB(line: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  return Number(status.match(new RegExp(`${line}:\\s+(\\d+) kB`))?.[1]) / 1024;
}

const [first, ...rest] = process.argv.slice(2);
const MEASUREMENTS = { '--memory': memoryOf, '--time': timeOf };
if (first !== undefined && first in MEASUREMENTS) {
  const [width, name] = rest;
  console.log(await MEASUREMENTS[first as keyof typeof MEASUREMENTS](Number(width), name as Case));
} else {
  const widths = first === undefined ? WIDTHS : [first, ...rest].map(Number);
  if (widths.some((width) => !Number.isInteger(width) || width < 1)) {
    console.error('usage: npm run bench:precision [-- WIDTH ...]');
    process.exit(2);
  }
  const cwd = currentSnapshot()?.projectRoot ?? process.cwd();
  for (const width of widths) {
    const count = parameterCount(networkParameters(width));
    console.log(
      `${(count / 1e6).toPrecision(3)} M parameters, ${((4 * count) / MIB).toFixed(1)} MiB in float32`,
    );
    for (const name of CASES) {
      const measure = (what: keyof typeof MEASUREMENTS) => {
        const program = ['src/pipe/loader/run.mjs', 'bench/precision/main.ts'];
        const { stdout } = execaSync('node', [...program, what, `${width}`, name], {
          cwd,
          // Memory that is freed goes back at once, and is not counted for what comes later.
          env:
            what === '--memory'
              ? { MALLOC_MMAP_THRESHOLD_: '131072', NODE_OPTIONS: '--expose-gc' }
              : {},
        });
        return Number(stdout);
      };
      const [ms, tensors] = [measure('--time'), measure('--memory')];
      console.log(
        `  ${name.padEnd(26)} ${ms.toFixed(1).padStart(7)} ms, ${tensors.toFixed(0).padStart(4)} MiB`,
      );
    }
  }
}
