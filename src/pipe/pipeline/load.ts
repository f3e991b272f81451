import { type Diagnostic, sortDiagnostics } from '../core/diagnostic.ts';
import { PIPELINE_FILE, readPipelineFiles } from './files.ts';
import type { Graph, StageCodes, StageDirectory } from './graph.ts';
import { Plan } from './plan.ts';
import type { ResolvedPipeline } from './resolve.ts';
import { codesOf, type DeclarationOptions, declarationOf, type ModuleCodes } from './source.ts';
import { DEFAULT_PROFILE } from './spec.ts';

/** A graph as it was when its stages had this code. */
export interface StoredPlan {
  /** As `encodePlan` wrote it. */
  readonly plan: string;
  readonly codes: ModuleCodes;
}

/** Keeps the plan of one declaration. Losing it costs expanding again. */
export interface PlanStore {
  readonly stored: StoredPlan | undefined;
  /** Does nothing where nothing can be written. */
  store(plan: string, codes: ModuleCodes): void;
}

export interface LoadOptions extends DeclarationOptions {
  /** The project's root. */
  readonly root: string;
  /** The code of every stage file there is. */
  readonly codes: StageCodes;
  readonly directory: StageDirectory;
  readonly storeOf: (declaration: string) => PlanStore;
}

/** The graph of a project's pipeline file, or all that is wrong with it. */
export function isGraph(loaded: Graph | readonly Diagnostic[]): loaded is Graph {
  return 'instances' in loaded;
}

/**
 * Reads pipeline.yaml and its groups' files, asks the stages about their contracts and params, and expands it all. With
 * nothing changed it reads the result of the last time: no YAML is parsed, no stage is asked.
 */
export async function loadGraph(options: LoadOptions): Promise<Graph | readonly Diagnostic[]> {
  const { root, profile = DEFAULT_PROFILE, sets = [], codes, directory, storeOf } = options;
  const files = readPipelineFiles(root);
  if ('message' in files) return [files];
  const declaration = declarationOf(files, options);
  const store = storeOf(declaration);
  const stored = await readPlan(declaration, store, options);
  if (stored !== undefined) return stored;

  // Loaded only when something changed.
  const { parsePipeline } = await import('./parse.ts');
  const { resolve } = await import('./resolve.ts');
  const { expand } = await import('./expand.ts');
  const { encodePlan } = await import('./encode-plan.ts');
  const { complete, parseParams } = await import('./complete.ts');
  const spec = parsePipeline(PIPELINE_FILE, files.text, files.groups);
  if (!('stages' in spec)) return spec;
  const pipeline = resolve(spec, profile, sets);
  if (!('stages' in pipeline)) return pipeline;
  const unusable = await checkModules(pipeline, codes);
  if (unusable.length > 0) return unusable;

  const modules = [...new Set(pipeline.stages.map(({ module }) => module.value))];
  const draft = expand(pipeline, await directory.describe(modules));
  if (!('stages' in draft)) return draft;
  const graph = complete(draft, await parseParams(draft, directory));
  if (!isGraph(graph)) return graph;
  const plan = encodePlan(graph);
  store.store(plan, codesOf(modules, codes));
  return new Plan(plan, declaration);
}

/** The graph of the last time, if the stages it uses have the contracts they had. */
async function readPlan(
  declaration: string,
  { stored }: PlanStore,
  { codes, directory }: LoadOptions,
): Promise<Graph | undefined> {
  if (stored === undefined) return undefined;
  const graph = new Plan(stored.plan, declaration);
  const now = codesOf(Object.keys(stored.codes), codes);
  const edited = Object.keys(now).filter((module) => now[module] !== stored.codes[module]);
  if (edited.length === 0) return graph;
  // Most edits change what a stage does and not what it takes and makes.
  for (const module of edited) {
    if (!(await directory.hasContractOf(module, stored.codes[module]))) return undefined;
  }
  return graph;
}

/** Every stage must have a file whose code can be known. */
async function checkModules(
  pipeline: ResolvedPipeline,
  codes: StageCodes,
): Promise<readonly Diagnostic[]> {
  const { suggest } = await import('../core/suggest.ts');
  const found = pipeline.stages.flatMap(({ name, module }): readonly Diagnostic[] => {
    if (!Object.hasOwn(codes, module.value)) {
      const modules = Object.keys(codes);
      return [
        {
          message: `stage '${name}' has no file stages/${module.value}.ts`,
          range: module.place.range,
          hint: modules.length === 0 ? 'write it' : suggest(module.value, modules, 'stage files'),
        },
      ];
    }
    const code = codes[module.value];
    return 'digest' in code ? [] : code.diagnostics;
  });
  return sortDiagnostics(found);
}
