import type { Tensor } from '@tensorflow/tfjs';
import { EngineError } from '../step/errors.ts';
import type { NamedTensors, StepDefinition } from '../step/step.ts';
import { tf } from '../tfjs/tf.ts';

/** Names of the state that scaling adds to a step. */
const SCALE = 'precision/scale';
const GOOD_STEPS = 'precision/goodSteps';

const FIRST_SCALE = 2 ** 15;
/** Steps without an overflow after which the scale doubles. */
const GROWTH_STEPS = 2000;

interface Scaling {
  readonly scale: Tensor;
  /** For each set of gradients of the step, whether all of them are finite. */
  readonly areFinite: Tensor[];
}

let current: Scaling | undefined;

/** What `valueAndGradients` multiplies the loss by, in a step of low precision. */
export function currentScaling(): Scaling | undefined {
  return current;
}

/**
 * The step with dynamic loss scaling (Micikevicius et al., Mixed precision training, 2018): the loss is
 * multiplied by a scale, so that small gradients do not vanish in float16, and gradients are divided by it.
 * A step whose gradients overflow leaves the state as it was and halves the scale; 2000 steps without one
 * double it.
 */
export function withLossScaling(definition: StepDefinition): StepDefinition {
  for (const name of [SCALE, GOOD_STEPS]) {
    if (name in definition.state) {
      throw new EngineError(`a state is called '${name}', which is the loss scaling's: rename it`);
    }
  }
  const number = (value: number) =>
    ({ shape: [], dtype: 'float32', values: Float32Array.of(value) }) as const;
  return {
    inputs: definition.inputs,
    state: { ...definition.state, [SCALE]: number(FIRST_SCALE), [GOOD_STEPS]: number(0) },
    step: (inputs, { [SCALE]: scale, [GOOD_STEPS]: goodSteps, ...state }) => {
      const before = current;
      const scaling: Scaling = { scale, areFinite: [] };
      current = scaling;
      try {
        const result = definition.step(inputs, state);
        const { areFinite } = scaling;
        if (areFinite.length === 0 || typeof result?.outputs !== 'object') return result;
        const isGood = areFinite.reduce((a, b) => tf.logicalAnd(a, b));
        return {
          outputs: result.outputs,
          state: {
            ...kept(isGood, result.state ?? {}, state),
            ...nextScale(isGood, scale, goodSteps),
          },
        };
      } finally {
        current = before;
      }
    },
  };
}

/** The next state after a good step, the old one after another. */
function kept(isGood: Tensor, next: NamedTensors, state: NamedTensors): NamedTensors {
  return Object.fromEntries(
    Object.entries(next).map(([name, tensor]) => {
      const old = state[name];
      // The trace names what was not declared.
      if (old === undefined || old === tensor) return [name, tensor];
      return [name, tf.where(isGood, tf.cast(tensor, old.dtype), old)];
    }),
  );
}

function nextScale(isGood: Tensor, scale: Tensor, goodSteps: Tensor): NamedTensors {
  const count = tf.add(goodSteps, 1);
  const grows = tf.greaterEqual(count, GROWTH_STEPS);
  const larger = tf.where(grows, tf.mul(scale, 2), scale);
  const smaller = tf.maximum(tf.div(scale, 2), 1);
  return {
    [SCALE]: tf.where(isGood, larger, smaller),
    [GOOD_STEPS]: tf.where(tf.logicalAnd(isGood, tf.logicalNot(grows)), count, tf.zerosLike(count)),
  };
}
