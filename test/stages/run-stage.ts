import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Arity, Progress, Stage, StageContext } from '../../src/pipe/pipeline/contract.ts';

/**
 * Runs a stage as the runner would: params through its schema, outputs in `folder`, checkpoints in
 * `folder/checkpoint`. What it reports is added to `reports`.
 */
export async function runStage<
  P,
  I extends Readonly<Record<string, Arity>>,
  O extends Readonly<Record<string, string>>,
>(
  stage: Stage<P, I, O>,
  folder: string,
  params: unknown,
  inputs: StageContext<P, I, O>['inputs'],
  reports: Progress[] = [],
): Promise<StageContext<P, I, O>['outputs']> {
  const checkpoint = join(folder, 'checkpoint');
  mkdirSync(checkpoint, { recursive: true });
  const outputs = Object.fromEntries(
    Object.entries<string>(stage.outputs ?? {}).map(([key, file]) => [key, join(folder, file)]),
  ) as StageContext<P, I, O>['outputs'];
  await stage.run({
    params: stage.params.parse(params),
    inputs,
    outputs,
    checkpoint: { folder: checkpoint },
    signal: new AbortController().signal,
    progress: (progress) => reports.push(progress),
    log: () => {},
    command: () => Promise.reject(new Error('no stage of the study runs a program')),
  });
  return outputs;
}
