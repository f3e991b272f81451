// One training step of both models (symmetric InfoNCE or cross-entropy, clipping, Adam; T = 16), on
// the engine and its peers: same weights, same batch, one thread each, taking turns.
// usage: [PYTHON=a Python with torch and jax] npm run bench:train-step [-- [--json] [S] [M] [L]]
//
// `pytorch` computes the last layer in full, as its users write it; all others compute only the
// part that is read. `kept` are engines whose glibc keeps freed memory. `gflops` counts the products of
// our models' step for all engines.

import { pythonWith } from './peers/python.ts';
import { openCeiling, PRODUCT_FLOPS } from './step/ceiling.ts';
import { type ModelKind, SIZES, type Size, type StepCase, stepCase } from './step/configs.ts';
import { type Engine, median, type Sample } from './step/engine.ts';
import { openJax } from './step/jax.ts';
import { openOurs } from './step/ours.ts';
import { openPythonPeer, type PythonPeer } from './step/python-peer.ts';
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
  readonly firstStepSeconds: number | null;
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

/** The peers in Python that can run here, each by default and with its memory kept. */
function pythonPeers(): ReadonlyMap<string, PythonPeer> {
  const [torch, jax] = [pythonWith('torch'), pythonWith('jax')];
  const peers = new Map<string, PythonPeer>();
  const add = (name: string, peer: Omit<PythonPeer, 'keepsMemory'>) => {
    peers.set(name, { ...peer, keepsMemory: false });
    peers.set(`${name}, kept`, { ...peer, keepsMemory: true });
  };
  if (torch !== undefined) {
    const twin = { python: torch, script: 'twin.py' } as const;
    add('pytorch', { ...twin, args: ['--serve'] });
    add('pytorch-pruned', { ...twin, args: ['--serve', '--as-ours'] });
    add('pytorch-compiled', { ...twin, args: ['--serve', '--as-ours', '--compile'] });
  }
  if (jax !== undefined) add('jax', { python: jax, script: 'twin_jax.py', args: [] });
  return peers;
}

async function contestantsOf(
  stepOf: StepCase,
  peers: ReadonlyMap<string, PythonPeer>,
): Promise<readonly Contestant[]> {
  const list: Contestant[] = [];
  const add = (name: string, engine: Engine, isSlow = false) => {
    list.push({ name, engine, isSlow, samples: [] });
  };
  const ours = await openOurs(stepOf);
  add('ours', ours);
  for (const [name, peer] of peers) {
    const engine = await openPythonPeer(peer, stepOf);
    const { version, ceiling } = engine;
    note(`${name} ${version}: its large product runs at ${ceiling.toFixed(0)} GFLOP/s`);
    add(name, engine);
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

async function measure(
  stepOf: StepCase,
  peers: ReadonlyMap<string, PythonPeer>,
): Promise<readonly Row[]> {
  const { config, model, flops } = stepOf;
  const contestants = await contestantsOf(stepOf, peers);
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
  const rowOf = (
    engine: string,
    samples: readonly Sample[],
    flopsPerSample: number,
    firstStepSeconds: number | null = null,
  ): Row => {
    const msPerStep = (median(samples.map(({ ms }) => ms)) * flops) / flopsPerSample;
    const cpuMsPerStep = (median(samples.map(({ cpuMs }) => cpuMs)) * flops) / flopsPerSample;
    const gflops = flops / msPerStep / 1e6;
    return { config, model, engine, msPerStep, gflops, cpuMsPerStep, firstStepSeconds };
  };
  return [
    ...contestants.map(({ name, samples, engine }) =>
      rowOf(name, samples, flops, engine.firstStepSeconds),
    ),
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
    const { config, model, engine, msPerStep, gflops, cpuMsPerStep, firstStepSeconds } = row;
    const ratio = ours === undefined ? 0 : msPerStep / ours.msPerStep;
    const against =
      engine === 'ours'
        ? ''
        : engine === 'matmul-ceiling'
          ? `ours reaches ${(100 * ratio).toFixed(0)} %`
          : `ours is ${ratio.toFixed(2)} x as fast`;
    console.log(
      `${config} ${model.padEnd(14)} ${engine.padEnd(22)} ${msPerStep.toFixed(1).padStart(9)} ms/step ` +
        `(${cpuMsPerStep.toFixed(1)} of processor time) ${gflops.toFixed(1).padStart(6)} GFLOP/s  ${against}` +
        (firstStepSeconds === null ? '' : `, first step after ${firstStepSeconds.toFixed(1)} s`),
    );
  }
}

const peers = pythonPeers();
for (const name of ['pytorch', 'jax']) {
  if (!peers.has(name)) note(`${name} is skipped: set PYTHON to a Python that has it`);
}
for (const size of sizes) {
  for (const kind of KINDS) print(await measure(stepCase(size, kind), peers));
}
