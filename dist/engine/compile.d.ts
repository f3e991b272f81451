import type { Backend, Program, StepDefinition } from './program.js';
/**
 * Makes a program of a step. On `onnxruntime` the step is traced once and becomes one graph; on the
 * other backends the same code runs eagerly. `auto` takes the first that works on this machine.
 *
 * @throws EngineError when the step cannot be traced, or the backend is not there.
 */
export declare const compile: (definition: StepDefinition, { backend }?: {
    readonly backend?: Backend;
}) => Promise<Program>;
