import type { Diagnostic } from '../../../src/pipe/core/diagnostic.ts';
import { complete, parseParams } from '../../../src/pipe/pipeline/complete.ts';
import { expand } from '../../../src/pipe/pipeline/expand.ts';
import type { Graph } from '../../../src/pipe/pipeline/graph.ts';
import { parsePipeline } from '../../../src/pipe/pipeline/parse.ts';
import { resolve } from '../../../src/pipe/pipeline/resolve.ts';
import { FakeDirectory, type FakeStage } from './directory.ts';

export interface BuildOptions {
  readonly profile?: string;
  readonly sets?: readonly string[];
}

/** From the text of a pipeline file to its graph, or to all that is wrong. */
export async function build(
  text: string,
  stages: Readonly<Record<string, FakeStage>>,
  { profile = 'default', sets = [] }: BuildOptions = {},
): Promise<Graph | readonly Diagnostic[]> {
  const spec = parsePipeline('pipeline.yaml', text);
  if (!('stages' in spec)) return spec;
  const pipeline = resolve(spec, profile, sets);
  if (!('stages' in pipeline)) return pipeline;
  const directory = new FakeDirectory(stages);
  const modules = pipeline.stages.map(({ module }) => module.value);
  const draft = expand(pipeline, await directory.describe(modules));
  if (!('stages' in draft)) return draft;
  return complete(draft, await parseParams(draft, directory));
}

export async function buildGraph(...args: Parameters<typeof build>): Promise<Graph> {
  const graph = await build(...args);
  if ('instances' in graph) return graph;
  throw new Error(JSON.stringify(graph, null, 2));
}

export async function buildErrors(
  ...args: Parameters<typeof build>
): Promise<readonly Diagnostic[]> {
  const graph = await build(...args);
  if ('instances' in graph) throw new Error('expected diagnostics');
  return graph;
}
