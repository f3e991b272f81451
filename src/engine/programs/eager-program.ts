import type { Tensor } from '@tensorflow/tfjs';
import { batchSizeOf, specsAt } from '../step/batch.ts';
import { checkDefinition, checkValues, checkWhole } from '../step/check.ts';
import { EngineError } from '../step/errors.ts';
import type {
  NamedSpecs,
  NamedTensors,
  NamedValues,
  Program,
  RunOptions,
  StepDefinition,
  TensorSpec,
  TensorValues,
} from '../step/step.ts';
import { withSeed } from '../tfjs/random.ts';
import { tf } from '../tfjs/tf.ts';
import { saveOnnx, withState } from './save-onnx.ts';

export type EagerBackend = 'cpu' | 'wasm' | 'tensorflow';

/**
 * A program that runs its step op by op on one of tfjs's own backends: the reference for the compiled
 * graph, and the way to a GPU.
 */
export class EagerProgram implements Program {
  readonly backend: EagerBackend;
  readonly #definition: StepDefinition;
  #state: NamedTensors | undefined;
  #outputs: NamedSpecs | undefined;

  constructor(backend: EagerBackend, definition: StepDefinition) {
    checkDefinition(definition);
    this.backend = backend;
    this.#definition = definition;
    this.#state = Object.fromEntries(
      Object.entries(definition.state).map(([name, spec]) => [name, tensorOf(spec, spec.values)]),
    );
  }

  /** Empty before the first run, which is what determines the shapes. */
  get outputs(): NamedSpecs {
    return this.#outputs ?? {};
  }

  async run(
    inputs: NamedValues,
    { seed }: RunOptions = {},
  ): Promise<Readonly<Record<string, TensorValues>>> {
    const state = this.#liveState('run');
    checkWhole('seed', seed, 0);
    const specs = specsAt(this.#definition.inputs, batchSizeOf(inputs, this.#definition.inputs));
    checkValues('input', inputs, specs);
    await tf.setBackend(this.backend);
    const { outputs, next } = tf.tidy(() => {
      const inputTensors = Object.fromEntries(
        Object.entries(specs).map(([name, spec]) => [name, tensorOf(spec, inputs[name])]),
      );
      const result = withSeed(seed, () => this.#definition.step(inputTensors, state));
      const keptState: Record<string, Tensor> = {};
      for (const [name, tensor] of Object.entries(result.state ?? {})) {
        keptState[name] = tf.keep(tf.cast(tensor, this.#definition.state[name].dtype).clone());
      }
      const keptOutputs: Record<string, Tensor> = {};
      for (const [name, tensor] of Object.entries(result.outputs)) {
        keptOutputs[name] = tf.keep(tensor.clone());
      }
      return { outputs: keptOutputs, next: keptState } as never as {
        outputs: NamedTensors;
        next: NamedTensors;
      };
    });
    for (const name of Object.keys(next)) state[name].dispose();
    this.#state = { ...state, ...next };
    this.#outputs = Object.fromEntries(
      Object.entries(outputs).map(([name, { shape, dtype }]) => [
        name,
        { shape, dtype: dtype as TensorSpec['dtype'] },
      ]),
    );
    const results = await valuesOf(outputs);
    for (const tensor of Object.values(outputs)) tensor.dispose();
    return results;
  }

  async readState(): Promise<Record<string, TensorValues>> {
    return valuesOf(this.#liveState('read the state of'));
  }

  async writeState(values: NamedValues): Promise<void> {
    const state = this.#liveState('write the state of');
    checkValues('state', values, this.#definition.state);
    await tf.setBackend(this.backend);
    const next: Record<string, Tensor> = {};
    for (const [name, spec] of Object.entries(this.#definition.state)) {
      state[name].dispose();
      next[name] = tensorOf(spec, values[name]);
    }
    this.#state = next;
  }

  async save(path: string): Promise<void> {
    await saveOnnx(path, withState(this.#definition, await this.readState()));
  }

  async dispose(): Promise<void> {
    for (const tensor of Object.values(this.#state ?? {})) tensor.dispose();
    this.#state = undefined;
  }

  #liveState(action: string): NamedTensors {
    if (this.#state === undefined) throw new EngineError(`cannot ${action} a disposed program`);
    return this.#state;
  }
}

function tensorOf({ shape, dtype }: TensorSpec, values: TensorValues): Tensor {
  return tf.tensor(values.slice(), [...shape], dtype);
}

async function valuesOf(tensors: NamedTensors): Promise<Record<string, TensorValues>> {
  const entries = Object.entries(tensors).map(
    async ([name, tensor]) => [name, (await tensor.data()).slice() as TensorValues] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}
