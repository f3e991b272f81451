import type { Tensor } from '@tensorflow/tfjs';
import { EngineError } from './errors.ts';
import { saveOnnx, withState } from './export.ts';
import type {
  NamedSpecs,
  NamedTensors,
  NamedValues,
  Program,
  StepDefinition,
  TensorSpec,
  TensorValues,
} from './program.ts';
import { tf } from './tf.ts';
import { checkDefinition, checkValues } from './values.ts';

export type EagerBackend = 'cpu' | 'wasm' | 'tensorflow';

/**
 * The same step, run op by op on one of tfjs's own backends: the reference that the compiled graph is
 * compared with, and the way to a GPU.
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

  /** Known after the first run: an eager step has no shapes before it has run. */
  get outputs(): NamedSpecs {
    return this.#outputs ?? {};
  }

  async run(inputs: NamedValues): Promise<Readonly<Record<string, TensorValues>>> {
    const state = this.#usable('run');
    checkValues('input', inputs, this.#definition.inputs);
    await tf.setBackend(this.backend);
    const { outputs, next } = tf.tidy(() => {
      const given = Object.fromEntries(
        Object.entries(this.#definition.inputs).map(([name, spec]) => [
          name,
          tensorOf(spec, inputs[name]),
        ]),
      );
      const result = this.#definition.step(given, state);
      const kept: Record<string, Tensor> = {};
      for (const [name, tensor] of Object.entries(result.state ?? {})) {
        kept[name] = tf.keep(tf.cast(tensor, this.#definition.state[name].dtype).clone());
      }
      const made: Record<string, Tensor> = {};
      for (const [name, tensor] of Object.entries(result.outputs)) {
        made[name] = tf.keep(tensor.clone());
      }
      return { outputs: made, next: kept } as never as {
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
    return valuesOf(this.#usable('read the state of'));
  }

  async writeState(values: NamedValues): Promise<void> {
    const state = this.#usable('write the state of');
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

  #usable(what: string): NamedTensors {
    if (this.#state === undefined) throw new EngineError(`cannot ${what} a disposed program`);
    return this.#state;
  }
}

const tensorOf = ({ shape, dtype }: TensorSpec, values: TensorValues): Tensor =>
  tf.tensor(values.slice(), [...shape], dtype);

const valuesOf = async (tensors: NamedTensors): Promise<Record<string, TensorValues>> => {
  const entries = Object.entries(tensors).map(
    async ([name, tensor]) => [name, (await tensor.data()).slice() as TensorValues] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
};
