import { join } from 'node:path';
import { type Diagnostic, sortDiagnostics } from '../core/diagnostic.ts';
import { isForbidden } from '../core/unreadable.ts';
import { isCommandModule } from './command.ts';
import { PIPELINE_FILE, type PipelineFiles, readPipelineFiles } from './files.ts';
import type {
  Command,
  Commands,
  Graph,
  MappedAxis,
  StageCodes,
  StageDirectory,
  TableValues,
} from './graph.ts';
import { mappedAxes, pendingAxes, pendingStages } from './mapped.ts';
import { encodePlan, Plan } from './plan.ts';
import type { ResolvedPipeline } from './resolve.ts';
import { codesOf, type DeclarationOptions, declarationOf, type ModuleCodes } from './source.ts';
import { DEFAULT_PROFILE } from './spec.ts';

/** A graph as it was when its stages had this code. */
export interface StoredPlan {
  /** As `encodePlan` wrote it. */
  readonly plan: string;
  readonly codes: ModuleCodes;
  /** By module. */
  readonly commands: Commands;
}

/** Keeps the plan of one declaration. Losing it costs expanding again. */
export interface PlanStore {
  readonly stored: StoredPlan | undefined;
  /** Does nothing where nothing can be written. */
  store(plan: string, codes: ModuleCodes, commands: Commands): void;
}

/** Looks at the tables that axes have their values from. */
export interface AxisTables {
  /** Digests of the tables as they are now, in order; `undefined` where the stage has to run first. */
  digests(graph: Graph, axes: readonly MappedAxis[]): Promise<readonly (string | undefined)[]>;
  /** The values of an axis in the table with this digest, or what is wrong with them. */
  values(graph: Graph, axis: MappedAxis, table: string): Promise<TableValues | Diagnostic>;
}

export interface LoadOptions extends DeclarationOptions {
  /** The project's root. */
  readonly root: string;
  /** The code of every stage file there is. */
  readonly codes: StageCodes;
  readonly directory: StageDirectory;
  /** The code of commands. */
  readonly codesOfCommands: (commands: Commands) => Promise<StageCodes>;
  readonly storeOf: (declaration: string) => PlanStore;
  readonly tables: AxisTables;
  /** As read before; by default as they are now. */
  readonly files?: PipelineFiles | Diagnostic;
}

/** The graph of a project's pipeline file, or all that is wrong with it. */
export function isGraph(loaded: Graph | readonly Diagnostic[]): loaded is Graph {
  return 'instances' in loaded;
}

/**
 * Reads pipeline.yaml and its groups' files, asks the stages about their contracts and params, and expands it all. With
 * nothing changed it reads the result of the last time: no YAML is parsed, no stage is asked.
 *
 * Axes from tables are expanded one after the other: each table may be made from what an earlier one led to. Where a
 * table is not there yet, the stages on its axis have no instances; `pendingAxes` tells.
 */
export async function loadGraph(options: LoadOptions): Promise<Graph | readonly Diagnostic[]> {
  const { root, profile = DEFAULT_PROFILE, sets = [], storeOf, tables } = options;
  const texts = options.files ?? readPipelineFiles(root);
  if ('message' in texts) return [texts];
  const declaration = declarationOf(texts, options);
  const store = storeOf(declaration);
  const stored = await readPlan(declaration, store, options);
  if (stored !== undefined) return stored;

  // Loaded only when something changed.
  const { parsePipeline } = await import('./parse.ts');
  const { resolve } = await import('./resolve.ts');
  const { withLiteralSources } = await import('./raw-inputs.ts');
  const spec = parsePipeline(PIPELINE_FILE, texts.text, texts.groups);
  if (!('stages' in spec)) return spec;
  const known = new Map<string, TableValues>();
  for (;;) {
    const resolved = resolve(spec, profile, sets, known);
    if (!('stages' in resolved)) return resolved;
    const pipeline = withLiteralSources(resolved, root);
    const commands: Record<string, Command> = {};
    for (const { module, command } of pipeline.stages) {
      if (command) commands[module.value] = command;
    }
    const codes = { ...options.codes, ...(await options.codesOfCommands(commands)) };
    const unusable = await checkModules(root, pipeline, codes);
    if (unusable.length > 0) return unusable;
    const modules = [...new Set(pipeline.stages.map(({ module }) => module.value))];
    const graph = await expandStages(pipeline, modules, options);
    if (!isGraph(graph)) return graph;
    const mapped = mappedAxes(pipeline, known);
    const text = encodePlan(mapped.length === 0 ? graph : { ...graph, mapped });
    const plan = new Plan(text, declaration);
    const values = await readTables(plan, pipeline, tables);
    if (!(values instanceof Map)) return values;
    if (values.size === 0) {
      store.store(text, codesOf(modules, codes), commands);
      return plan;
    }
    for (const [axis, one] of values) known.set(axis, one);
  }
}

async function expandStages(
  pipeline: ResolvedPipeline,
  modules: readonly string[],
  { directory, root }: LoadOptions,
): Promise<Graph | readonly Diagnostic[]> {
  const { expand } = await import('./expand.ts');
  const { complete, parseParams } = await import('./complete.ts');
  const { SchemaDirectory } = await import('./command-schema.ts');
  const files = modules.filter((module) => !isCommandModule(module));
  const draft = expand(pipeline, await directory.describe(files));
  if (!('stages' in draft)) return draft;
  const schemas = new SchemaDirectory(directory, root, pipeline.stages);
  return complete(draft, await parseParams(draft, schemas));
}

/** The values of axes that were not known and are there now. */
async function readTables(
  graph: Graph,
  pipeline: ResolvedPipeline,
  tables: AxisTables,
): Promise<Map<string, TableValues> | readonly Diagnostic[]> {
  const waiting = pendingStages(graph);
  const open = pendingAxes(graph).filter(({ stage }) => !waiting.has(stage));
  const digests = await tables.digests(graph, open);
  const known = new Map<string, TableValues>();
  const wrong: Diagnostic[] = [];
  for (const [i, axis] of open.entries()) {
    const table = digests[i];
    if (table === undefined) continue;
    const values = await tables.values(graph, axis, table);
    if ('table' in values) known.set(axis.axis, values);
    else wrong.push({ ...values, ...placeOf(axis, pipeline) });
  }
  return wrong.length > 0 ? sortDiagnostics(wrong) : known;
}

function placeOf({ axis }: MappedAxis, { stages }: ResolvedPipeline): Pick<Diagnostic, 'range'> {
  const axes = stages.flatMap((stage) => stage.axes);
  const { source } = axes.find(({ name }) => name === axis) ?? {};
  return source === undefined ? {} : { range: source.place.range };
}

/** The graph of the last time, if the stages it uses have the contracts they had, and its axes their tables. */
async function readPlan(
  declaration: string,
  { stored }: PlanStore,
  options: LoadOptions,
): Promise<Graph | undefined> {
  const graph = await readContracts(declaration, stored, options);
  if (graph?.mapped === undefined) return graph;
  const digests = await options.tables.digests(graph, graph.mapped);
  return graph.mapped.every(({ table }, i) => table === digests[i]) ? graph : undefined;
}

async function readContracts(
  declaration: string,
  stored: StoredPlan | undefined,
  { codes, codesOfCommands, directory }: LoadOptions,
): Promise<Graph | undefined> {
  if (stored === undefined) return undefined;
  const graph = new Plan(stored.plan, declaration);
  const ofCommands = await codesOfCommands(stored.commands);
  const now = codesOf(Object.keys(stored.codes), { ...codes, ...ofCommands });
  const edited = Object.keys(now).filter((module) => now[module] !== stored.codes[module]);
  if (edited.length === 0) return graph;
  // Most edits change what a stage does and not what it takes and makes.
  for (const module of edited) {
    const command = stored.commands[module];
    // A schema, and what is wrong with the code of a command, is read with the pipeline.
    if (command !== undefined && command.schema === undefined && now[module] !== '') continue;
    if (command !== undefined) return undefined;
    if (!(await directory.hasContractOf(module, stored.codes[module]))) return undefined;
  }
  return graph;
}

/** Every stage must have a file whose code can be known. */
async function checkModules(
  root: string,
  pipeline: ResolvedPipeline,
  codes: StageCodes,
): Promise<readonly Diagnostic[]> {
  const { suggest } = await import('../core/suggest.ts');
  const problems = pipeline.stages.flatMap(({ name, module, place }): readonly Diagnostic[] => {
    if (!Object.hasOwn(codes, module.value)) {
      const modules = Object.keys(codes);
      const file = `stages/${module.value}.ts`;
      const { range } = module.place;
      if (isForbidden(join(root, file))) {
        const message = `stage '${name}': ${file} may not be read`;
        return [
          { message, range, hint: 'make it and the folders above it readable for your user' },
        ];
      }
      return [
        {
          message: `stage '${name}' has no file ${file}`,
          range,
          hint: modules.length === 0 ? 'write it' : suggest(module.value, modules, 'stage files'),
        },
      ];
    }
    const code = codes[module.value];
    if ('digest' in code) return [];
    return code.diagnostics.map((one) => ({ range: place.key, ...one }));
  });
  return sortDiagnostics(problems);
}
