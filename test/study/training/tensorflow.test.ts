import { expect, test } from 'vitest';
import { compile, describeBackends } from '../../../src/engine/index.ts';
import { stream } from '../../../src/random/streams.ts';
import { queryValues } from '../../../src/study/models/query-batch.ts';
import { compileOn } from '../../../src/study/training/backend.ts';
import { storageOf, trainingStep } from '../../../src/study/training/step.ts';
import { configuration, exampleBatch, parametersOf } from '../models/fixtures.ts';

const SIZE = 6;
const STEPS = 3;

const { dim: _, ...noDim } = configuration();
const CASES = [
  { model: configuration(), optimizer: 'adam' },
  { model: configuration(), optimizer: 'muon' },
  { model: { ...noDim, model: 'noncontrastive' }, optimizer: 'adam' },
  { model: { ...noDim, model: 'noncontrastive' }, optimizer: 'muon' },
] as const;

type Case = (typeof CASES)[number];

/** Losses of three steps, and after them the whole state and the parameters in it. */
async function train({ model, optimizer }: Case, backend: 'onnxruntime' | 'tensorflow') {
  const queries = exampleBatch(model, SIZE);
  const config = { model, optimizer, objective: 'expected', batch: SIZE, keyRate: 1 } as const;
  const start = parametersOf(model);
  const step = trainingStep(config, start, queries.length);
  const program = await compile(step, { backend });
  const losses: number[] = [];
  for (let i = 0; i < STEPS; i++) {
    const random = stream(8, 'test labels', i);
    const shares = new Float32Array(SIZE * model.keys).map(() => random.float() / model.keys);
    const inputs = { ...queryValues(queries), shares, learningRate: Float32Array.of(0.01) };
    losses.push((await program.run(inputs)).loss[0]);
  }
  const state = await program.readState();
  await program.dispose();
  return { losses, state, parameters: storageOf(config, start).valuesOf(state) };
}

/** Relative Euclidean distance. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const own = Array.from(a);
  return Math.hypot(...own.map((x, i) => x - b[i])) / Math.hypot(...Array.from(b));
}

const { backends } = await describeBackends();
const tensorflow = backends.find(({ name }) => name === 'tensorflow');
const note = tensorflow?.works ? '' : ` (skipped: ${tensorflow?.detail})`;

test.skipIf(!tensorflow?.works).each(CASES)(
  `three steps of $model.model with $optimizer agree with TensorFlow's to within 1e-4${note}`,
  async (each) => {
    const [own, theirs] = [await train(each, 'onnxruntime'), await train(each, 'tensorflow')];
    for (const [i, loss] of own.losses.entries()) {
      expect(Math.abs(loss / theirs.losses[i] - 1)).toBeLessThan(1e-4);
    }
    expect(Object.keys(own.state)).toEqual(Object.keys(theirs.state));
    const all = ({ state }: typeof own) => Object.values(state).flatMap((values) => [...values]);
    expect(distance(all(own), all(theirs))).toBeLessThan(1e-4);
    const names = Object.keys(own.parameters).filter((name) => /weight|table|tokens/.test(name));
    expect(names.length).toBeGreaterThan(4);
    for (const name of names) {
      expect(distance(own.parameters[name], theirs.parameters[name]), name).toBeLessThan(1e-4);
    }
  },
);

test('a training runs on the engine unless it names another backend', async () => {
  const program = await compileOn()({ inputs: {}, state: {}, step: () => ({ outputs: {} }) });
  expect(program.backend).toBe('onnxruntime');
  await program.dispose();
});
