import { join } from 'node:path';
import type { ActionKey } from '../core/digest.ts';
import type { Paths } from '../disk/paths.ts';
import type { GatheredArtifact, InputArtifact } from '../pipeline/contract.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';
import type { Job } from './executor.ts';

/** One attempt at an instance. */
export function jobOf(
  instance: Instance,
  key: ActionKey,
  attempt: number,
  folder: string,
  paths: Paths,
  instanceOf: (id: InstanceId) => Instance,
): Job {
  const inputs = instance.inputs.map(({ name, arity, sources }) => {
    const files = sources.map(({ instance: upstream, output, axes }): GatheredArtifact => {
      return { path: paths.artifact(instanceOf(upstream), output), axes };
    });
    const value: InputArtifact | readonly GatheredArtifact[] =
      arity === 'many' ? files : { path: files[0].path };
    return [name, value] as const;
  });
  return {
    instance: instance.id,
    module: instance.module,
    params: instance.params,
    inputs: Object.fromEntries(inputs),
    folder,
    outputs: instance.outputs,
    checkpoint: paths.checkpoint(key),
    log: paths.log(instance.id),
    attempt,
    threads: Math.max(1, Math.floor(instance.resources.cpus)),
    gpus: instance.resources.gpus ?? 0,
    timeout: instance.timeout,
  };
}

/** Paths of all artifacts that an instance reads. */
export function inputPaths(
  instance: Instance,
  paths: Paths,
  instanceOf: (id: InstanceId) => Instance,
): readonly string[] {
  return instance.inputs.flatMap(({ sources }) =>
    sources.map(({ instance: upstream, output }) => paths.artifact(instanceOf(upstream), output)),
  );
}

/**
 * A folder for one attempt. The run is part of its name: a worker that outlives a killed runner for a
 * moment never writes to a folder of the next run.
 */
export function attemptFolder(paths: Paths, run: string, counter: number): string {
  return join(paths.temporary, `${run}-${counter}`);
}
