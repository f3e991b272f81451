import type { Diagnostic, SourceRange } from '../core/diagnostic.ts';
import type { Json } from '../core/json.ts';
import type { Coordinates } from './contract.ts';
import { Fields, NAME } from './fields.ts';
import type { Graph, InputBinding, Instance, ParsedParams, StageDescription } from './graph.ts';
import { Grid, toCoordinates } from './grid.ts';
import { formatCoordinates, instanceFolder, instanceId } from './names.ts';
import type { MapNode } from './node.ts';
import { paramDiagnostics } from './param-issues.ts';
import { locateKey, matches, mergeParams, toJson, withCoordinates } from './params.ts';
import { sortDiagnostics } from './parse.ts';
import type { ResolvedPipeline, ResolvedStage } from './resolve.ts';
import type { InputSpec } from './spec.ts';
import { suggest } from './suggest.ts';

const MAX_INSTANCES = 200_000;
/** Edges: a gather over many instances by many others grows with the product. */
const MAX_SOURCES = 4_000_000;
/** Bytes of one part of a path; 255 is what file systems take. */
const MAX_FOLDER_NAME = 240;
const FILE = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/;

/** A graph whose params are still as written. */
export interface Draft {
  readonly profile: string;
  readonly stages: readonly StageDraft[];
}

interface StageDraft {
  readonly stage: ResolvedStage;
  readonly description: StageDescription;
  /** Every distinct set of params among the instances. */
  readonly variants: readonly { readonly node: MapNode; readonly params: Json }[];
  readonly instances: readonly InstanceDraft[];
}

interface InstanceDraft {
  readonly id: string;
  readonly axes: Coordinates;
  readonly folder: string;
  readonly inputs: readonly InputBinding[];
  readonly variant: number;
}

/**
 * Multiplies the stages into instances and joins them: an instance reads from those upstream that
 * agree with it on the axes both stages span, and gathers over the others. What is excluded is left out,
 * and so is what would have nothing to read because of that.
 *
 * @param descriptions by module
 */
export function expand(
  pipeline: ResolvedPipeline,
  descriptions: Readonly<Record<string, StageDescription>>,
): Draft | readonly Diagnostic[] {
  const fields = new Fields();
  const grids = new Map(pipeline.stages.map(({ name, axes }) => [name, new Grid(axes)]));
  const modules = new Map(pipeline.stages.map(({ name, module }) => [name, module.value]));
  for (const stage of pipeline.stages) {
    checkInputs(fields, stage, (name) => descriptions[modules.get(name) ?? name]);
    checkOutputs(fields, stage, descriptions[stage.module.value]);
    checkSize(fields, stage, grids.get(stage.name)?.size ?? 0);
  }
  if (fields.diagnostics.length > 0) return sortDiagnostics(fields.diagnostics);

  const stages: StageDraft[] = [];
  /** By cell; those that are left out are not there. */
  const drafts = new Map<string, readonly (InstanceDraft | undefined)[]>();
  let sources = 0;
  for (const stage of pipeline.stages) {
    const grid = grids.get(stage.name) ?? new Grid([]);
    const description = descriptions[stage.module.value];
    const variants = new Variants(fields, stage, description.paramKeys);
    const bind = stage.inputs.map((input) => binder(input));
    const cells = Array.from({ length: grid.size }, (_, cell): InstanceDraft | undefined => {
      const coordinates = grid.coordinates(cell);
      const axes = toCoordinates(coordinates);
      if (stage.exclude.some((one) => matches(one, axes))) return undefined;
      const inputs = sources > MAX_SOURCES ? [] : bind.map((input) => input(cell));
      if (inputs.some((input) => input.sources.length === 0)) return undefined;
      const where = formatCoordinates(coordinates);
      return {
        id: instanceId(stage.name, where),
        axes,
        folder: instanceFolder(stage.name, where),
        inputs,
        variant: variants.of(cell, grid, axes),
      };
    });
    drafts.set(stage.name, cells);
    const instances = cells.filter((cell) => cell !== undefined);
    stages.push({ stage, description, variants: variants.list, instances });

    function binder(input: InputSpec): (cell: number) => InputBinding {
      const upstream = drafts.get(input.stage) ?? [];
      const join = grid.join(grids.get(input.stage) ?? new Grid([]));
      const arity = descriptions[stage.module.value].inputs[input.name];
      checkArity(fields, stage, input, arity, join(0).length);
      return (cell) => {
        const found = join(cell).flatMap((index) => upstream[index] ?? []);
        sources += found.length;
        return {
          name: input.name,
          arity,
          sources: found.map(({ id, axes }) => ({ instance: id, output: input.output, axes })),
        };
      };
    }
  }
  if (sources > MAX_SOURCES) {
    const message = `the instances read more than ${MAX_SOURCES} artifacts in all`;
    return [{ message, hint: 'gather in two steps: first per axis, then all' }];
  }
  if (fields.diagnostics.length > 0) return sortDiagnostics(fields.diagnostics);
  return { profile: pipeline.profile, stages };
}

/**
 * Puts the parsed params in place.
 *
 * @param parsed by stage, one for each of the draft's variants, in order
 */
export function complete(
  draft: Draft,
  parsed: Readonly<Record<string, readonly ParsedParams[]>>,
): Graph | readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const instances: Instance[] = [];
  for (const { stage, description, variants, instances: drafts } of draft.stages) {
    const verdicts = parsed[stage.name];
    for (const [i, { node }] of variants.entries()) {
      const verdict = verdicts[i];
      if (verdict.ok) continue;
      diagnostics.push(...paramDiagnostics(stage, description.paramKeys, node, verdict.issues));
    }
    for (const { variant, ...instance } of diagnostics.length > 0 ? [] : drafts) {
      const verdict = verdicts[variant];
      if (!verdict.ok) continue;
      instances.push({
        ...instance,
        stage: stage.name,
        module: stage.module.value,
        params: verdict.params,
        outputs: description.outputs,
        resources: stage.resources,
        retries: stage.retries,
        ...(stage.group === undefined ? {} : { group: stage.group }),
        ...(stage.timeout === undefined ? {} : { timeout: stage.timeout }),
        ...(stage.backoff === undefined ? {} : { backoff: stage.backoff }),
        ...(verdict.cost === undefined ? {} : { cost: verdict.cost }),
      });
    }
  }
  if (diagnostics.length > 0) return sortDiagnostics(diagnostics);
  return { profile: draft.profile, instances };
}

/** The distinct params of a stage's instances, each worked out once. */
class Variants {
  readonly list: { readonly node: MapNode; readonly params: Json }[] = [];
  readonly #fields: Fields;
  readonly #stage: ResolvedStage;
  readonly #paramKeys: ReadonlySet<string>;
  readonly #byKey = new Map<string, number>();

  constructor(fields: Fields, stage: ResolvedStage, paramKeys: readonly string[]) {
    this.#fields = fields;
    this.#stage = stage;
    this.#paramKeys = new Set(paramKeys);
  }

  /** Index of the params of one instance. */
  of(cell: number, grid: Grid, axes: Coordinates): number {
    const layers = this.#stage.layers.map((layer) => matches(layer, axes));
    const handed = grid.axes.flatMap((axis, i) => {
      const { coordinates, range } = axis.points[grid.pointIndex(cell, i)];
      return coordinates
        .filter(([name]) => this.#paramKeys.has(name))
        .map(([name, value]) => [name, value, range] as const);
    });
    const key = JSON.stringify([layers, handed.map(([name, value]) => [name, value])]);
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    this.list.push(this.#make(layers, handed));
    this.#byKey.set(key, this.list.length - 1);
    return this.list.length - 1;
  }

  #make(
    layers: readonly boolean[],
    handed: readonly (readonly [string, string | number, SourceRange])[],
  ) {
    const applied = this.#stage.layers.filter((_, i) => layers[i]).map(({ params }) => params);
    const written = mergeParams(applied, this.#stage.nameRange);
    for (const [name] of handed) {
      const range = locateKey(written, [name]);
      if (range === undefined) continue;
      const message = `param '${name}' of stage '${this.#stage.name}' is set by an axis already`;
      this.#fields.report(range, message, 'remove it here, or take the axis out of the matrix');
    }
    const node = withCoordinates(written, handed);
    return { node, params: toJson(node) };
  }
}

function checkInputs(
  fields: Fields,
  stage: ResolvedStage,
  describe: (stage: string) => StageDescription,
): void {
  const contract = describe(stage.name).inputs;
  for (const input of stage.inputs) {
    if (!Object.hasOwn(contract, input.name)) {
      const message = `stage '${stage.name}' has no input '${input.name}'`;
      fields.report(
        input.nameRange,
        message,
        suggest(input.name, Object.keys(contract), 'its inputs'),
      );
    }
    const outputs = describe(input.stage).outputs;
    if (!Object.hasOwn(outputs, input.output)) {
      const message = `stage '${input.stage}' has no output '${input.output}'`;
      const hint = suggest(input.output, Object.keys(outputs), 'its outputs');
      fields.report(input.range, message, hint);
    }
  }
  const bound = new Set(stage.inputs.map(({ name }) => name));
  for (const name of Object.keys(contract).filter((key) => !bound.has(key))) {
    const message = `stage '${stage.name}' needs an input '${name}'`;
    fields.report(stage.nameRange, message, `add to it: inputs: { ${name}: <stage>/<output> }`);
  }
}

/** Outputs become files in the instance's folder: plain names, differing in more than case. */
function checkOutputs(fields: Fields, stage: ResolvedStage, { outputs }: StageDescription): void {
  const seen = new Map<string, string>();
  for (const [name, file] of Object.entries(outputs)) {
    if (!NAME.test(name) || typeof file !== 'string' || !FILE.test(file)) {
      const message = `output '${name}' of stages/${stage.module.value}.ts cannot be the file '${file}'`;
      const hint =
        'use a plain file name: letters, digits and _ . -, no . first, no folder, at most 100';
      fields.report(stage.nameRange, message, hint);
    }
    const twin = seen.get(String(file).toLowerCase());
    if (twin !== undefined) {
      const message = `outputs '${twin}' and '${name}' of stages/${stage.module.value}.ts are the same file`;
      fields.report(stage.nameRange, message, 'rename one of the files');
    }
    seen.set(String(file).toLowerCase(), name);
  }
}

function checkSize(fields: Fields, stage: ResolvedStage, size: number): void {
  if (size > MAX_INSTANCES) {
    const message = `stage '${stage.name}' would have ${size} instances, more than ${MAX_INSTANCES}`;
    fields.report(stage.nameRange, message, 'shorten its axes or its matrix');
  }
  const longest = stage.axes.flatMap(
    ({ points }) =>
      [...points.map((p) => p.coordinates)].sort(
        (a, b) => formatCoordinates(b).length - formatCoordinates(a).length,
      )[0],
  );
  if (formatCoordinates(longest).length > MAX_FOLDER_NAME) {
    const message = `the folders of stage '${stage.name}' would have names of more than ${MAX_FOLDER_NAME} characters`;
    fields.report(stage.nameRange, message, 'shorten the names or the values of its axes');
  }
}

function checkArity(
  fields: Fields,
  stage: ResolvedStage,
  input: InputSpec,
  arity: string,
  found: number,
): void {
  if (arity !== 'one' || found === 1) return;
  const message = `input '${input.name}' of stage '${stage.name}' takes one artifact, but ${found} instances of '${input.stage}' agree with each of its own`;
  fields.report(input.range, message, `add the axes that '${input.stage}' has more to its matrix`);
}
