import { Checker, type Diagnostic, sortDiagnostics } from '../core/diagnostic.ts';
import { checkTemplates } from './check-command.ts';
import {
  checkArity,
  checkInputs,
  checkOutputs,
  checkSize,
  checkSources,
} from './check-contract.ts';
import type { Draft, InstanceDraft, StageDraft } from './draft.ts';
import type { InputBinding, StageDescription } from './graph.ts';
import { Grid, toCoordinates } from './grid.ts';
import { formatCoordinates, instanceFolder, instanceId } from './names.ts';
import { ParamVariants } from './param-variants.ts';
import { matches } from './params.ts';
import { describeCommand, fillInAll, rawInputsOf } from './raw-inputs.ts';
import type { ResolvedPipeline, ResolvedStage } from './resolve.ts';
import type { InputSpec } from './spec.ts';

/** Artifacts read by all instances together; a gather of many by many grows with the product. */
const MAX_SOURCES = 4_000_000;

/**
 * Expands the stages into instances and connects them. An instance reads from the upstream instances
 * with the same coordinates on the axes that both stages have, and gathers over the others. Excluded
 * instances are left out, and so are those that would have nothing to read as a consequence.
 *
 * @param descriptions by module
 */
export function expand(
  pipeline: ResolvedPipeline,
  descriptions: Readonly<Record<string, StageDescription>>,
): Draft | readonly Diagnostic[] {
  const check = new Checker();
  const grids = new Map(pipeline.stages.map(({ name, axes }) => [name, new Grid(axes)]));
  const modules = new Map(pipeline.stages.map(({ name, module }) => [name, module.value]));
  const commands = new Map(
    pipeline.stages.flatMap((stage) => {
      const description = describeCommand(stage, (name) => grids.get(name)?.axes ?? []);
      return description === undefined ? [] : [[stage.name, description]];
    }),
  );
  const describe = (stage: string) =>
    commands.get(stage) ?? descriptions[modules.get(stage) ?? stage];
  for (const stage of pipeline.stages) {
    checkInputs(check, stage, describe);
    checkOutputs(check, stage, describe(stage.name));
    if (stage.command !== undefined) {
      checkTemplates(check, stage, stage.command, describe(stage.name));
    }
    checkSources(check, stage, describe);
    checkSize(check, stage, grids.get(stage.name)?.size ?? 0);
  }
  if (check.diagnostics.length > 0) return sortDiagnostics(check.diagnostics);

  const stages: StageDraft[] = [];
  /** By stage and cell; `undefined` where an instance is left out. */
  const drafts = new Map<string, readonly (InstanceDraft | undefined)[]>();
  let sourceCount = 0;
  for (const stage of pipeline.stages) {
    const grid = grids.get(stage.name) ?? new Grid([]);
    const description = describe(stage.name);
    const variants = new ParamVariants(check, stage, description.paramKeys);
    const raw = rawInputsOf(check, stage, description);
    const bindings = stage.inputs.map((input) => bindInput(stage, grid, input));
    const cells = Array.from({ length: grid.size }, (_, cell): InstanceDraft | undefined => {
      const coordinates = grid.coordinates(cell);
      const axes = toCoordinates(coordinates);
      if (stage.exclude.some((condition) => matches(condition, axes))) return undefined;
      const inputs = sourceCount > MAX_SOURCES ? [] : bindings.map((bind) => bind(cell));
      if (inputs.some((input) => input.sources.length === 0)) return undefined;
      const where = formatCoordinates(coordinates);
      return {
        id: instanceId(stage.name, where),
        axes,
        folder: instanceFolder(stage.name, grid.folder(cell)),
        inputs,
        ...(raw.length === 0 ? {} : { raw: fillInAll(raw, axes) }),
        variant: variants.indexFor(cell, grid, axes),
      };
    });
    drafts.set(stage.name, cells);
    const instances = cells.filter((cell) => cell !== undefined);
    stages.push({ stage, description, variants: variants.list, instances });
  }
  if (sourceCount > MAX_SOURCES) {
    const message = `the instances read more than ${MAX_SOURCES} artifacts in total`;
    return [{ message, hint: 'gather in two steps: first per axis, then everything' }];
  }
  if (check.diagnostics.length > 0) return sortDiagnostics(check.diagnostics);
  return { profile: pipeline.profile, stages };

  function bindInput(
    stage: ResolvedStage,
    grid: Grid,
    input: InputSpec,
  ): (cell: number) => InputBinding {
    const { name, stage: upstream, output } = input;
    const upstreamCells = drafts.get(upstream) ?? [];
    const join = grid.join(grids.get(upstream) ?? new Grid([]));
    const arity = describe(stage.name).inputs[name];
    checkArity(check, stage, input, arity, join(0).length);
    return (cell) => {
      const sources = join(cell)
        .flatMap((index) => upstreamCells[index] ?? [])
        .map(({ id, axes }) => ({ instance: id, output, axes }));
      sourceCount += sources.length;
      return { name, arity, sources };
    };
  }
}
