import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { compile, type Program, type StepDefinition, tf } from '../../engine/index.ts';
import { sumOfHalves, toHalf } from './half.ts';
import type { MeanRow } from './tables.ts';

/** The loss of one of ten classes before training, in float16. */
const LOSS = 2.302734375;
/** Terms added in a run of the program that adds one by one. */
const AT_ONCE = 16;

/** Means of 16, 32, ... `most` equal losses, added up in float16. */
export async function meansOfLosses(most: number): Promise<readonly MeanRow[]> {
  return [...(await oneByOne(most)), ...(await inPairs(most))];
}

async function oneByOne(most: number): Promise<readonly MeanRow[]> {
  const rows: MeanRow[] = [];
  const program = await compile({
    inputs: {},
    state: { sum: { shape: [1], dtype: 'float32', values: Float32Array.of(0) } },
    step: (_, { sum }) => {
      let next = sum as Tensor1D;
      for (let i = 0; i < AT_ONCE; i++) next = toHalf(tf.add(next, LOSS));
      return { outputs: { sum: next }, state: { sum: next } };
    },
  });
  await disposing(program, async () => {
    for (let terms = AT_ONCE; terms <= most; terms += AT_ONCE) {
      const { sum } = await program.run({});
      if (Number.isInteger(Math.log2(terms))) {
        rows.push({ order: 'one by one', terms, mean: sum[0] / terms });
      }
    }
  });
  return rows;
}

async function inPairs(most: number): Promise<readonly MeanRow[]> {
  const rows: MeanRow[] = [];
  for (let terms = AT_ONCE; terms <= most; terms *= 2) {
    const definition: StepDefinition = {
      inputs: { losses: { shape: [terms, 1], dtype: 'float32' } },
      state: {},
      step: ({ losses }) => ({ outputs: { sum: sumOfHalves(losses as Tensor2D, 0) } }),
    };
    const program = await compile(definition);
    await disposing(program, async () => {
      const { sum } = await program.run({ losses: new Float32Array(terms).fill(LOSS) });
      rows.push({ order: 'in pairs', terms, mean: sum[0] / terms });
    });
  }
  return rows;
}

async function disposing(program: Program, use: () => Promise<void>): Promise<void> {
  try {
    await use();
  } finally {
    await program.dispose();
  }
}
