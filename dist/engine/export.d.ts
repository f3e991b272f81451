import type { NamedValues, StepDefinition } from './program.js';
/**
 * Saves a function as a standard ONNX file, which any ONNX runtime can load: `inputs` and `outputs` by
 * their names (`output/<name>` where an input has the name too), with the shapes given. State that the
 * step does not change, such as the parameters of a trained model, is stored in the file; state that it
 * changes comes in as `state/<name>` and goes out as `next/<name>`. Inputs that no output depends on are
 * left out. The file appears whole or not at all.
 *
 * @throws EngineError when the step cannot be traced, or is too large for one file
 */
export declare const saveOnnx: (path: string, definition: StepDefinition) => Promise<void>;
/** The same step with other values of its state. */
export declare const withState: (definition: StepDefinition, values: NamedValues) => StepDefinition;
/** The bytes of what `saveOnnx` saves. */
export declare const standardModel: (definition: StepDefinition) => Uint8Array;
