// A training step of the perceptrons in each arithmetic: the memory of its tensors and the processor time of a step.
// Each case runs in a process of its own.
// usage: npm run bench:precision [-- WIDTH ...]

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

const WIDTHS = [305, 1544, 3124];
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

interface Cost {
  /** Of both sets of the weights, and of what the steps add to the process. */
  readonly tensors: number;
  readonly process: number;
  /** Least of a step, processor time. */
  readonly ms: number;
}

const resident = () => process.resourceUsage().maxRSS / 1024;

async function costOf(width: number, name: Case): Promise<Cost> {
  const parameters = initialise(networkParameters(width), 1);
  const settings = { batch: BATCH, lossWeight: 1, firstScale: 2 ** 15, growthSteps: 2000 };
  const inMemory = name.startsWith('float16 in memory');
  const arithmetic = (inMemory ? 'float32' : name) as Arithmetic;
  const { definition, options } = trainingStep(parameters, arithmetic, settings);
  const { pixels, labels } = drawDigits(BATCH, 1, 'train');
  const inputs = { x: pixels, labels, learningRate: Float32Array.of(0.02) };
  const master = name.endsWith('master');
  const program = inMemory
    ? await halfTraining(definition, master)
    : await compile(definition, options);
  const before = resident();
  const losses: number[] = [];
  const samples = await timed(STEPS, async () => {
    losses.push(Number((await program.run(inputs)).loss[0]));
  });
  await program.dispose();
  if (!(losses[STEPS - 1] < losses[0])) throw new Error(`${name} does not train: ${losses}`);
  const bytes = parameterCount(networkParameters(width)) * (inMemory && !master ? 2 : 4);
  return {
    tensors: resident() - before + (2 * bytes) / MIB,
    process: resident(),
    ms: Math.min(...samples.map(({ cpuMs }) => cpuMs)),
  };
}

const [first, ...rest] = process.argv.slice(2);
if (first === '--case') {
  const [width, name] = rest;
  console.log(JSON.stringify(await costOf(Number(width), name as Case)));
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
      const child = [
        'src/pipe/loader/run.mjs',
        'bench/precision/main.ts',
        '--case',
        `${width}`,
        name,
      ];
      const cost: Cost = JSON.parse(execaSync('node', child, { cwd }).stdout);
      console.log(
        `  ${name.padEnd(26)} ${cost.ms.toFixed(1).padStart(8)} ms, tensors ${cost.tensors.toFixed(0).padStart(5)} MiB, process ${cost.process.toFixed(0).padStart(5)} MiB`,
      );
    }
  }
}
