import { compile } from '../../src/engine/index.ts';
import type { StepCase } from './configs.ts';
import { type Engine, timed } from './engine.ts';

export interface OurEngine extends Engine {
  /** Tracing and creating the session. */
  readonly compileMs: number;
}

export async function openOurs({ definition, inputs }: StepCase): Promise<OurEngine> {
  const start = performance.now();
  const program = await compile(definition, { backend: 'onnxruntime' });
  const compileMs = performance.now() - start;
  const { loss } = await program.run(inputs);
  return {
    firstLoss: loss[0],
    firstStepSeconds: (performance.now() - start) / 1e3,
    compileMs,
    run: (steps) => timed(steps, () => program.run(inputs)),
    close: () => program.dispose(),
  };
}
