import type { Tensor } from '@tensorflow/tfjs';
/** Element types that cross the boundary of a program. */
export type DType = 'float32' | 'int32' | 'bool';
/** Shape and element type of an input, an output or a state tensor; every dimension is fixed. */
export interface TensorSpec {
    readonly shape: readonly number[];
    readonly dtype: DType;
}
export type TensorValues = Float32Array | Int32Array | Uint8Array;
export type NamedTensors = Readonly<Record<string, Tensor>>;
export type NamedSpecs = Readonly<Record<string, TensorSpec>>;
export type NamedValues = Readonly<Record<string, TensorValues>>;
/** Backend that executes a program, or `auto`: the best one that works on this machine. */
export type Backend = 'auto' | 'onnxruntime' | 'tensorflow' | 'cpu' | 'wasm';
/**
 * A step to compile: plain tfjs code from named inputs and named state to named outputs and the
 * next state. It is called once per compilation (and once per run on an eager backend), so it must
 * be pure: no reads of tensor values, no randomness, nothing that changes from call to call except
 * through `inputs` and `state`.
 */
export interface StepDefinition {
    readonly inputs: NamedSpecs;
    /** Initial values of the state (parameters, moments); row-major. Empty for a stateless function. */
    readonly state: Readonly<Record<string, TensorSpec & {
        readonly values: TensorValues;
    }>>;
    /**
     * Returns the outputs, and the next value of every state tensor it changes (those left out stay
     * as they are).
     */
    readonly step: (inputs: NamedTensors, state: NamedTensors) => {
        readonly outputs: NamedTensors;
        readonly state?: NamedTensors;
    };
}
/** A compiled step with its state. Not re-entrant: await one run before the next. */
export interface Program {
    readonly backend: Exclude<Backend, 'auto'>;
    readonly outputs: NamedSpecs;
    /**
     * Runs the step once and moves to the next state. The arrays returned are overwritten by the next run:
     * copy what must outlive it.
     */
    run(inputs: NamedValues): Promise<Readonly<Record<string, TensorValues>>>;
    /** A copy of the state after the last finished run, by name; may be taken during the next. */
    readState(): Promise<Record<string, TensorValues>>;
    /** Replaces the state, e.g. by a checkpoint's. Names and sizes must match. */
    writeState(values: NamedValues): Promise<void>;
    /** Saves the step with its state of now as a standard ONNX file, as `saveOnnx` does. */
    save(path: string): Promise<void>;
    dispose(): Promise<void>;
}
/** `compile(definition, { backend })` in `compile.ts` makes one. */
export type Compile = (definition: StepDefinition, options?: {
    readonly backend?: Backend;
}) => Promise<Program>;
