import { blockUntilReady, defaultDevice, init, numpy as np, tree } from '@jax-js/jax';
import { ADAM } from '../../src/study/training/step.ts';
import { type JaxBatch, type JaxState, jaxStep } from '../peers/jax-twin.ts';
import type { StepCase } from './configs.ts';
import { type Engine, timed } from './engine.ts';

/** The twin of `jax-twin.ts` on jax-js's wasm backend; in Node it has one thread. */
export async function openJax({
  step,
  parameters,
  batch,
  learningRate,
}: StepCase): Promise<Engine> {
  // Without a name jax-js looks for a browser's GPU, and Node 20 has no `navigator`.
  await init('wasm');
  defaultDevice('wasm');
  const arrays = (zero: boolean) =>
    Object.fromEntries(
      Object.entries(parameters).map(([name, { shape, values }]) => [
        name,
        np.array(zero ? new Float32Array(values.length) : values).reshape([...shape]),
      ]),
    );
  const { tokens, slots, keys, length } = batch;
  const integers = (values: Int32Array | undefined, shape: number[]) =>
    np.array(values ?? new Int32Array(), { dtype: np.int32 }).reshape(shape);
  const given: JaxBatch = {
    tokens: integers(tokens, [step.batch, length]),
    slots: integers(slots, [step.batch, length]),
    keys: integers(keys, [step.batch]),
  };
  let state: JaxState = {
    parameters: arrays(false),
    first: arrays(true),
    second: arrays(true),
    steps: np.array(0),
  };
  const jitted = jaxStep(step.model, learningRate, ADAM);
  const once = async (): Promise<number> => {
    const { loss, next } = jitted(state, tree.ref(given));
    state = next;
    await blockUntilReady(next);
    return (await loss.data())[0];
  };
  const firstLoss = await once();
  return {
    firstLoss,
    run: (steps) => timed(steps, once),
    async close() {
      tree.dispose(state);
      tree.dispose(given);
    },
  };
}
