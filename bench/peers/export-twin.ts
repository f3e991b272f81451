import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Parameters } from '../../src/study/models/parameters.ts';
import type { Batch } from '../../src/study/training/batches.ts';
import { ADAM, type StepConfiguration } from '../../src/study/training/step.ts';

/** A training for the PyTorch twin to repeat. */
export interface TwinTraining {
  readonly step: StepConfiguration;
  /** Initial values. */
  readonly parameters: Parameters;
  /** One batch per step, all of one length; the twin starts over after the last. */
  readonly batches: readonly Batch[];
  /** Learning rate per step; the twin starts over after the last. */
  readonly learningRates: readonly number[];
}

const KINDS = { tokens: 'int32', slots: 'int32', present: 'float32', keys: 'int32' } as const;

/** Writes the input of `twin.py`: `twin.json`, and a file of raw little-endian numbers per tensor. */
export function exportTwin(folder: string, training: TwinTraining): void {
  const { step, parameters, batches, learningRates } = training;
  mkdirSync(folder, { recursive: true });
  const write = (file: string, arrays: readonly (Float32Array | Int32Array)[]): string => {
    const bytes = arrays.map((a) => Buffer.from(a.buffer, a.byteOffset, a.byteLength));
    writeFileSync(join(folder, file), Buffer.concat(bytes));
    return file;
  };
  const parameterFiles = Object.entries(parameters).map(([name, { shape, values }]) => [
    name,
    { shape, file: write(`parameter-${name}.f32`, [values]) },
  ]);
  const batchFiles = Object.entries({ ...KINDS, shares: 'float32' } as const).flatMap(
    ([name, dtype]) => {
      const arrays = batches.flatMap((batch) => batch[name as keyof typeof KINDS] ?? []);
      if (arrays.length === 0) return [];
      const rest = arrays[0].length / step.batch;
      const shape = [batches.length, step.batch, ...(name === 'keys' ? [] : [rest])];
      return [[name, { shape, dtype, file: write(`batches-${name}`, arrays) }]];
    },
  );
  const description = {
    model: step.model,
    objective: step.objective,
    keyRate: step.keyRate,
    adam: ADAM,
    learningRates,
    parameters: Object.fromEntries(parameterFiles),
    batches: Object.fromEntries(batchFiles),
  };
  writeFileSync(join(folder, 'twin.json'), JSON.stringify(description, undefined, 2));
}
