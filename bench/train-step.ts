// One training step of both models (symmetric InfoNCE or cross-entropy, clipping, Adam; T = 16), on
// the engine and its peers: same weights, same batch, one thread each, taking turns.
// usage: npm run bench:train-step [-- [--json] [S] [M] [L]]
//
// `pytorch` computes the last layer in full, as its users write it; `pytorch-pruned` computes only the
// part that is read, as our models do. `gflops` counts the products of our models' step for all engines.

import { pythonWithTorch } from './peers/python.ts';
import { openCeiling, PRODUCT_FLOPS } from './step/ceiling.ts';
import { type ModelKind, SIZES, type Size, type StepCase, stepCase } from './step/configs.ts';
import { type Engine, median, type Sample } from './step/engine.ts';
import { openJax } from './step/jax.ts';
import { openOurs } from './step/ours.ts';
import { openPyTorch } from './step/pytorch.ts';
import { openWasm } from './step/wasm.ts';

const KINDS: readonly ModelKind[] = ['contrastive', 'noncontrastive'];
const ROUNDS = 5;
/** Steps per round; slow engines take one step per round, in the first rounds only. */
const STEPS: Readonly<Record<Size, number>> = { S: 4, M: 3, L: 1 };
const SLOW_ROUNDS: Readonly<Record<Size, number>> = { S: 3, M: 2, L: 1 };
const PRODUCTS = 5;
/** Engines whose first losses differ by more do not run the same step. */
const LOSS_TOLERANCE = 1e-3;

interface Row {
  readonly config: Size;
  readonly model: ModelKind;
  readonly engine: string;
  readonly msPerStep: number;
  readonly gflops: number;
  /** Processor time of the step, which does not depend on other processes. */
  readonly cpuMsPerStep: number;
}

interface Contestant {
  readonly name: string;
  readonly isSlow: boolean;
  readonly engine: Engine;
  readonly samples: Sample[];
}

const args = process.argv.slice(2);
const json = args.includes('--json');
const chosen = args.filter((arg) => arg !== '--json');
const unknown = chosen.filter((arg) => !(arg in SIZES));
if (unknown.length > 0) {
  console.error(
    `error: unknown size ${unknown.join(', ')}; known: ${Object.keys(SIZES).join(', ')}`,
  );
  process.exit(2);
}
const sizes = (Object.keys(SIZES) as Size[]).filter(
  (size) => chosen.length === 0 || chosen.includes(size),
);
function note(text: string): void {
  console.error(text);
}

async function contestantsOf(
  stepOf: StepCase,
  python: string | undefined,
): Promise<readonly Contestant[]> {
  const list: Contestant[] = [];
  const add = (name: string, engine: Engine, isSlow = false) => {
    list.push({ name, engine, isSlow, samples: [] });
  };
  const ours = await openOurs(stepOf);
  add('ours', ours);
  if (python !== undefined) {
    for (const asOurs of [false, true]) {
      add(asOurs ? 'pytorch-pruned' : 'pytorch', await openPyTorch(python, stepOf, asOurs));
    }
  }
  add('jax-js', await openJax(stepOf), true);
  add('tfjs-wasm', await openWasm(stepOf), true);
  for (const { name, engine } of list) {
    const difference = Math.abs(engine.firstLoss - ours.firstLoss) / Math.abs(ours.firstLoss);
    if (difference < LOSS_TOLERANCE) continue;
    throw new Error(`${name} has loss ${engine.firstLoss} where ours is ${ours.firstLoss}`);
  }
  return list;
}

async function measure(stepOf: StepCase, python: string | undefined): Promise<readonly Row[]> {
  const { config, model, flops } = stepOf;
  const contestants = await contestantsOf(stepOf, python);
  const ceiling = await openCeiling();
  const products: Sample[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    products.push(...(await ceiling.measure(PRODUCTS)));
    for (const { engine, isSlow, samples } of contestants) {
      if (isSlow && round >= SLOW_ROUNDS[config]) continue;
      samples.push(...(await engine.run(isSlow ? 1 : STEPS[config])));
    }
  }
  await ceiling.close();
  for (const { engine } of contestants) await engine.close();
  const rowOf = (engine: string, samples: readonly Sample[], flopsPerSample: number): Row => {
    const msPerStep = (median(samples.map(({ ms }) => ms)) * flops) / flopsPerSample;
    const cpuMsPerStep = (median(samples.map(({ cpuMs }) => cpuMs)) * flops) / flopsPerSample;
    return { config, model, engine, msPerStep, gflops: flops / msPerStep / 1e6, cpuMsPerStep };
  };
  return [
    ...contestants.map(({ name, samples }) => rowOf(name, samples, flops)),
    // The time of one large product with as many operations as the step.
    rowOf('matmul-ceiling', products, PRODUCT_FLOPS),
  ];
}

function print(rows: readonly Row[]): void {
  const ours = rows.find(({ engine }) => engine === 'ours');
  for (const row of rows) {
    if (json) {
      console.log(JSON.stringify(row));
      continue;
    }
    const { config, model, engine, msPerStep, gflops, cpuMsPerStep } = row;
    const ratio = ours === undefined ? 0 : msPerStep / ours.msPerStep;
    const against =
      engine === 'ours'
        ? ''
        : engine === 'matmul-ceiling'
          ? `ours reaches ${(100 * ratio).toFixed(0)} %`
          : `ours is ${ratio.toFixed(2)} x as fast`;
    console.log(
      `${config} ${model.padEnd(14)} ${engine.padEnd(14)} ${msPerStep.toFixed(1).padStart(9)} ms/step ` +
        `(${cpuMsPerStep.toFixed(1)} of processor time) ${gflops.toFixed(1).padStart(6)} GFLOP/s  ${against}`,
    );
  }
}

const python = pythonWithTorch();
if (python === undefined)
  note('pytorch is skipped: PyTorch is not installed (apt install python3-torch)');
else {
  const probe = await openPyTorch(python, stepCase('S', 'contrastive'), false);
  const ceiling = await openCeiling();
  const products = await ceiling.measure(PRODUCTS);
  const own = PRODUCT_FLOPS / median(products.map(({ ms }) => ms)) / 1e6;
  await ceiling.close();
  await probe.close();
  note(
    `pytorch ${probe.version}: its large product runs at ${probe.ceiling.toFixed(0)} GFLOP/s, ours at ${own.toFixed(0)}`,
  );
  if (probe.ceiling < own / 4) {
    note(
      'pytorch is linked with a slow BLAS, so the comparison is not fair: apt install libopenblas0-pthread',
    );
  }
}
for (const size of sizes) {
  for (const kind of KINDS) print(await measure(stepCase(size, kind), python));
}
