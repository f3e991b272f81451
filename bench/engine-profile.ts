// The cost of a compiled training step: compilation, JavaScript outside ONNX Runtime, memory, and the time
// of every operation. Each case runs in its own processes.
// usage: npm run bench:engine-profile [-- [--json] [S] [M] [L]]

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { compileGraph } from '../src/engine/compile.ts';
import { loadRuntime } from '../src/engine/onnx/onnxruntime.ts';
import { currentSnapshot } from '../src/pipe/loader/code.ts';
import { activationBytes } from './step/activations.ts';
import { type ModelKind, SIZES, type Size, stepCase } from './step/configs.ts';
import { median } from './step/engine.ts';
import { profilingTo, takeProfile } from './step/profile.ts';

const STEPS: Readonly<Record<Size, number>> = { S: 30, M: 15, L: 5 };
/** Operations printed per case. */
const SHOWN_OPERATIONS = 12;
/** Compilations timed, each in a fresh process. */
const COMPILATIONS = 3;
const MIB = 2 ** 20;

interface Cost {
  readonly config: Size;
  readonly model: ModelKind;
  /** Time to trace the step and create the session, as the first compilation of a process; median. */
  readonly compileMs: number;
  /** Processor time of the same, which does not depend on other processes. */
  readonly compileCpuMs: number;
  /** Median time of a step outside ONNX Runtime. */
  readonly javascriptMs: number;
  /** Its share of the step. */
  readonly javascriptShare: number;
  /** Resident memory of the whole process at its peak. */
  readonly processMiB: number;
  /** Memory of the step's tensors: both sets of the state, and what the first steps add to the process. */
  readonly memoryMiB: number;
  /** Parameters, gradients and two moments, and activations that the backward pass reads. */
  readonly neededMiB: number;
  readonly nodes: number;
  /** Milliseconds per step by operation, largest first. */
  readonly byOperation: readonly (readonly [string, number])[];
}

function residentPeak(): number {
  return process.resourceUsage().maxRSS / 1024;
}

async function memoryOf(config: Size, model: ModelKind) {
  const { definition, inputs, parameterCount } = stepCase(config, model);
  const program = await compileGraph(definition);
  const compiled = residentPeak();
  for (let i = 0; i < STEPS[config]; i++) await program.run(inputs);
  await program.dispose();
  const processMiB = residentPeak();
  const stateBytes = Object.values(definition.state).reduce(
    (sum, { values }) => sum + values.byteLength,
    0,
  );
  return {
    processMiB,
    // Both sets of the state exist once the program is compiled.
    memoryMiB: processMiB - compiled + (2 * stateBytes) / MIB,
    neededMiB: (parameterCount * 4 * 4 + activationBytes(definition, 'loss')) / MIB,
  };
}

async function compilationOf(config: Size, model: ModelKind) {
  const { definition } = stepCase(config, model);
  await loadRuntime();
  const start = performance.now();
  const used = process.cpuUsage();
  const program = await compileGraph(definition);
  const compileMs = performance.now() - start;
  const { user, system } = process.cpuUsage(used);
  await program.dispose();
  return { compileMs, compileCpuMs: (user + system) / 1e3 };
}

async function timesOf(config: Size, model: ModelKind) {
  const folder = mkdtempSync(join(tmpdir(), 'profile-'));
  const { definition, inputs } = stepCase(config, model);
  const program = await compileGraph(definition, profilingTo(join(folder, 'step')));
  const walls: number[] = [];
  for (let i = 0; i < STEPS[config]; i++) {
    const start = performance.now();
    await program.run(inputs);
    walls.push(performance.now() - start);
  }
  await program.dispose();
  const { nodes, runs } = takeProfile(join(folder, 'step'));
  rmSync(folder, { recursive: true });
  const perRun = nodes.length / runs.length;
  const byOperation = new Map<string, number>();
  for (const [at, { op }] of nodes.slice(0, perRun).entries()) {
    // The median over runs: a mean would include interruptions by other processes.
    const ms = median(runs.map((_, run) => nodes[run * perRun + at].ms));
    byOperation.set(op, (byOperation.get(op) ?? 0) + ms);
  }
  const javascriptMs = median(walls.map((wall, i) => wall - runs[i]));
  return {
    javascriptMs,
    javascriptShare: javascriptMs / median(walls),
    nodes: perRun,
    byOperation: [...byOperation].sort(([, a], [, b]) => b - a),
  };
}

function print(cost: Cost): void {
  const { config, model, compileMs, compileCpuMs, processMiB, memoryMiB, neededMiB, nodes } = cost;
  const { javascriptMs, javascriptShare, byOperation } = cost;
  console.log(
    `${config} ${model}: compiled in ${compileMs.toFixed(0)} ms (${compileCpuMs.toFixed(0)} of processor time); ` +
      `${javascriptMs.toFixed(2)} ms of JavaScript per step (${(100 * javascriptShare).toFixed(1)} %); ` +
      `tensors ${memoryMiB.toFixed(0)} MiB, ${(memoryMiB / neededMiB).toFixed(2)} x of ${neededMiB.toFixed(0)}, ` +
      `process ${processMiB.toFixed(0)}; ${nodes} nodes`,
  );
  const total = byOperation.reduce((sum, [, ms]) => sum + ms, 0);
  for (const [op, ms] of byOperation.slice(0, SHOWN_OPERATIONS)) {
    console.log(
      `  ${op.padEnd(22)} ${ms.toFixed(2).padStart(8)} ms ${((100 * ms) / total).toFixed(1).padStart(5)} %`,
    );
  }
}

const args = process.argv.slice(2);
const [measurement, ...subject] = args;
const MEASUREMENTS = { '--memory': memoryOf, '--compilation': compilationOf, '--times': timesOf };
if (measurement !== undefined && measurement in MEASUREMENTS) {
  const [config, model] = subject as [Size, ModelKind];
  console.log(
    JSON.stringify(await MEASUREMENTS[measurement as keyof typeof MEASUREMENTS](config, model)),
  );
} else {
  const root = currentSnapshot()?.projectRoot ?? process.cwd();
  const measureInChild = (...childArgs: string[]) => {
    const command = ['src/pipe/loader/run.mjs', 'bench/engine-profile.ts', ...childArgs];
    return JSON.parse(execaSync('node', command, { cwd: root }).stdout);
  };
  const chosen = args.filter((arg) => arg !== '--json');
  for (const config of Object.keys(SIZES) as Size[]) {
    if (chosen.length > 0 && !chosen.includes(config)) continue;
    for (const model of ['contrastive', 'noncontrastive'] as const) {
      const compilations = Array.from({ length: COMPILATIONS }, () =>
        measureInChild('--compilation', config, model),
      );
      const compileMs = median(compilations.map((one) => one.compileMs));
      const compileCpuMs = median(compilations.map((one) => one.compileCpuMs));
      const times = measureInChild('--times', config, model);
      const memory = measureInChild('--memory', config, model);
      const cost: Cost = { config, model, ...memory, ...times, compileMs, compileCpuMs };
      if (args.includes('--json')) console.log(JSON.stringify(cost));
      else print(cost);
    }
  }
}
