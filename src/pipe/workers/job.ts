import { join } from 'node:path';
import type { Cache } from '../cache/cache.ts';
import type { ActionKey } from '../core/digest.ts';
import type { Paths } from '../disk/paths.ts';
import type { GatheredArtifact, InputArtifact } from '../pipeline/contract.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';
import { commandLine } from './command-line.ts';
import type { Job } from './executor.ts';
import { outputPaths } from './outputs.ts';

/** What an instance is given besides artifacts. */
export interface Given {
  readonly raw: Job['inputs'];
  readonly env: Readonly<Record<string, string>>;
  /** Paths of a command's code, from the root. */
  readonly code: ReadonlySet<string>;
}

/** Asks for what an instance is given, as it was when its key was made. */
export async function givenTo(
  { raw = [], env = [], command }: Instance,
  cache: Cache,
): Promise<Given> {
  const inputs: Record<string, InputArtifact | readonly GatheredArtifact[]> = {};
  for (const input of raw) {
    const paths = await cache.raw.paths(input);
    inputs[input.name] =
      input.arity === 'one' ? { path: paths[0] } : paths.map((path) => ({ path, axes: {} }));
  }
  const variables = env.flatMap((name) => {
    const value = cache.surroundings.variable(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const code = command === undefined ? new Set<string>() : await cache.raw.codePaths(command);
  return { raw: inputs, env: Object.fromEntries(variables), code };
}

/** One attempt at an instance. */
export function jobOf(
  instance: Instance,
  key: ActionKey,
  attempt: number,
  folder: string,
  paths: Paths,
  instanceOf: (id: InstanceId) => Instance,
  given: Given,
): Job {
  const produced = instance.inputs.map(({ name, arity, sources }) => {
    const files = sources.map(({ instance: upstream, output, axes }): GatheredArtifact => {
      return { path: paths.artifact(instanceOf(upstream), output), axes };
    });
    const value: InputArtifact | readonly GatheredArtifact[] =
      arity === 'many' ? files : { path: files[0].path };
    return [name, value] as const;
  });
  const inputs = { ...Object.fromEntries(produced), ...given.raw };
  const checkpoint = paths.checkpoint(key);
  return {
    instance: instance.id,
    module: instance.module,
    params: instance.params,
    env: given.env,
    inputs,
    folder,
    outputs: instance.outputs,
    checkpoint,
    log: paths.log(instance.id),
    attempt,
    threads: Math.max(1, Math.floor(instance.resources.cpus)),
    gpus: instance.resources.gpus ?? 0,
    ...(instance.resources.memory === undefined ? {} : { memory: instance.resources.memory }),
    ...(instance.resources.time === undefined ? {} : { time: instance.resources.time }),
    ...(instance.sharesProcess === undefined ? {} : { sharesProcess: true }),
    timeout: instance.timeout,
  };
}

/** The same with the command's words filled in, once all its paths are known. */
export function withCommand(job: Job, { command }: Instance, root: string, { code }: Given): Job {
  if (command === undefined) return job;
  const outputs = outputPaths(job.folder, job.outputs);
  const argv = commandLine(command.argv, { ...job, outputs, root, code });
  const { metrics } = command;
  return { ...job, command: { argv, ...(metrics === undefined ? {} : { metrics }) } };
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
