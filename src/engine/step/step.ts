import type { Tensor } from '@tensorflow/tfjs';

/** Element types of inputs, outputs and state. */
export type DType = 'float32' | 'int32' | 'bool';

/** Shape and element type of an input, an output or a state tensor; every dimension is fixed. */
export interface TensorSpec {
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** The same, but a size may be null: that of the batch, which a run decides. */
export interface BatchSpec {
  readonly shape: readonly (number | null)[];
  readonly dtype: DType;
}

export type TensorValues = Float32Array | Int32Array | Uint8Array;
export type NamedTensors = Readonly<Record<string, Tensor>>;
export type NamedSpecs = Readonly<Record<string, TensorSpec>>;
export type NamedBatchSpecs = Readonly<Record<string, BatchSpec>>;
export type NamedValues = Readonly<Record<string, TensorValues>>;

/** A backend of tfjs that programs run on. */
export type ProgramBackend = 'onnxruntime' | 'tensorflow' | 'cpu' | 'wasm';

/**
 * What to run a program on. `tensorflow` uses a GPU if one answers; `tensorflow-cpu` and `tensorflow-gpu` fail
 * where they would compute on the other device. `auto` is the best of all on this machine.
 */
export type Backend = ProgramBackend | 'tensorflow-cpu' | 'tensorflow-gpu' | 'auto';

/**
 * A step to compile: plain tfjs code that takes named inputs and named state and returns named outputs
 * and the next state. It is called a few times per compilation (once per run on an eager backend), so it must
 * be pure: it must not read tensor values, and nothing but `inputs`, `state` and the numbers of tfjs's
 * random ops may change from call to call.
 */
export interface StepDefinition {
  /** Sizes that are null are all the same in a run. */
  readonly inputs: NamedBatchSpecs;
  /** Initial state (parameters, moments), row-major; empty for a stateless function. */
  readonly state: Readonly<Record<string, TensorSpec & { readonly values: TensorValues }>>;
  /**
   * Returns the outputs, and the next value of every state tensor it changes; the others keep their
   * value.
   */
  readonly step: (
    inputs: NamedTensors,
    state: NamedTensors,
  ) => { readonly outputs: NamedTensors; readonly state?: NamedTensors };
}

export interface RunOptions {
  /** A whole number that the random numbers of the run follow from; without it they are new in every run. */
  readonly seed?: number | undefined;
}

/** A compiled step with its state. Not re-entrant: await one run before the next. */
export interface Program {
  readonly backend: ProgramBackend;
  /** Sizes that depend on the size of the batch are null. */
  readonly outputs: NamedBatchSpecs;
  /**
   * Runs the step once and moves on to the next state. The next run overwrites the returned arrays: copy
   * them to keep them.
   */
  run(inputs: NamedValues, options?: RunOptions): Promise<Readonly<Record<string, TensorValues>>>;
  /** A copy of the state after the last finished run, by name. Allowed during a run. */
  readState(): Promise<Record<string, TensorValues>>;
  /** Replaces the state, for example with a checkpoint's. Names and sizes must match. */
  writeState(values: NamedValues): Promise<void>;
  /** Saves the step with its current state as a standard ONNX file; see `saveOnnx`. */
  save(path: string): Promise<void>;
  dispose(): Promise<void>;
}

/** What products and convolutions are rounded to. */
export type Precision = 'float32' | 'float16' | 'bfloat16';

export interface CompileOptions {
  /** `onnxruntime` by default. */
  readonly backend?: Backend;
  /**
   * Rounds operands and results of products and convolutions; parameters, losses and everything else stay in
   * float32. With `float16`, `valueAndGradients` scales the loss, and a step whose gradients overflow changes
   * nothing but the scale, which is a state of the program. `float32` by default.
   */
  readonly precision?: Precision;
  /**
   * Threads that an operation may use, 1 by default. Results of other counts may round differently.
   */
  readonly threads?: number;
}

/** The type of `compile`. */
export type Compile = (definition: StepDefinition, options?: CompileOptions) => Promise<Program>;
