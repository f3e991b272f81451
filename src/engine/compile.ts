import { describeBackends, prepareBackend } from './backends.ts';
import { compileGraph } from './compiled.ts';
import { EagerProgram } from './eager.ts';
import type { Backend, Program, StepDefinition } from './program.ts';
import { tf } from './tf.ts';

/**
 * Makes a program of a step. On `onnxruntime` the step is traced once and becomes one graph; on the
 * other backends the same code runs eagerly. `auto` takes the first that works on this machine.
 *
 * @throws EngineError when the step cannot be traced, or the backend is not there.
 */
export const compile = async (
  definition: StepDefinition,
  { backend = 'auto' }: { readonly backend?: Backend } = {},
): Promise<Program> => {
  const chosen = backend === 'auto' ? (await describeBackends()).chosen : backend;
  if (chosen === 'onnxruntime') return compileGraph(definition);
  await prepareBackend(chosen);
  await tf.setBackend(chosen);
  return new EagerProgram(chosen, definition);
};
