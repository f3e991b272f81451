import type { Checker } from '../core/diagnostic.ts';
import { suggest } from '../core/suggest.ts';
import { checkCommandKeys } from './check-command.ts';
import { axesOfStages, dependenciesOf, type MergedPipeline, mergeProfile } from './merge.ts';
import { orderStages } from './order.ts';
import type { Axis, Condition, PipelineSpec, Point } from './spec.ts';

/** Checks references between the parts of a pipeline, in every profile. */
export function checkReferences(check: Checker, spec: PipelineSpec): void {
  const variants = [undefined, ...spec.profiles.values()].map((profile) =>
    mergeProfile(spec, profile),
  );
  const axes = variants.map((variant) => checkVariant(check, variant));
  for (const { name, layers, exclude } of variants.flatMap(({ stages }) => [...stages.values()])) {
    const spanned = axes.map((byStage) => byStage?.get(name)).filter((own) => own !== undefined);
    const overrides = layers.map(({ condition }) => condition).filter((one) => one !== undefined);
    for (const one of overrides) checkCondition(check, name, 'an override', one, spanned);
    for (const one of exclude) checkCondition(check, name, 'an exclusion', one, spanned);
  }
}

function checkVariant(
  check: Checker,
  pipeline: MergedPipeline,
): ReadonlyMap<string, readonly Axis[]> | undefined {
  for (const stage of pipeline.stages.values()) {
    checkCommandKeys(check, stage);
    for (const input of stage.inputs.values()) {
      if (pipeline.stages.has(input.stage)) continue;
      const message = `stage '${stage.name}' reads from '${input.stage}', which is not a stage`;
      check.report(
        input.place.range,
        message,
        suggest(input.stage, pipeline.stages.keys(), 'stages'),
      );
    }
    const { value: matrix, place } = stage.matrix ?? { value: [], place: stage.place };
    for (const [i, axis] of matrix.entries()) {
      if (pipeline.axes.has(axis)) continue;
      const hint = suggest(axis, pipeline.axes.keys(), 'axes');
      check.report(place.at(i).range, `there is no axis '${axis}'`, hint);
    }
  }
  for (const { source } of pipeline.axes.values()) {
    if (source === undefined || pipeline.stages.has(source.stage)) continue;
    const hint = suggest(source.stage, pipeline.stages.keys(), 'stages');
    check.report(source.place.range, `there is no stage '${source.stage}'`, hint);
  }
  const order = orderStages(dependenciesOf(pipeline));
  if ('stages' in order) {
    const axesOf = axesOfStages(pipeline, order.stages);
    checkSources(check, pipeline, axesOf);
    return axesOf;
  }
  const [first] = order.cycle;
  // In the direction of the data flow.
  const path = [...order.cycle.map(({ stage }) => stage), first.stage].reverse().join(' -> ');
  const isByAxis = order.cycle.some(({ input }) => 'column' in input);
  const axis = isByAxis ? ', or the axis that has its values from one of the stages' : '';
  check.report(
    first.input.place.range,
    `the stages form a cycle: ${path}`,
    `remove one of these inputs${axis}`,
  );
  return undefined;
}

/** The values of an axis come from one table. */
function checkSources(
  check: Checker,
  { axes }: MergedPipeline,
  axesOf: ReadonlyMap<string, readonly Axis[]>,
): void {
  for (const { name, source } of axes.values()) {
    const own = (source && axesOf.get(source.stage)) ?? [];
    if (source === undefined || own.length === 0) continue;
    const { stage, output, place } = source;
    const names = own.map((axis) => axis.name).join(', ');
    const message = `axis '${name}' has its values from one table, but '${stage}' makes ${output} for each ${names}`;
    const hint = `give '${stage}' matrix: [], or gather its tables in another stage`;
    check.report(place.range, message, hint);
  }
}

/** @param spanned the stage's axes in each profile; a value may exist in only one of them */
function checkCondition(
  check: Checker,
  stage: string,
  what: string,
  condition: Condition,
  spanned: readonly (readonly Axis[])[],
): void {
  const points = spanned.flat().flatMap((axis) => axis.points);
  const axes = spanned.flat();
  // Axes that are missing or invalid are reported elsewhere.
  if (spanned.length === 0) return;
  if (axes.some(({ points, source }) => points.length === 0 && source === undefined)) return;
  /** Any value may turn up on them. */
  const open = new Set(axes.filter(({ source }) => source !== undefined).map(({ name }) => name));
  const mistakes = check.diagnostics.length;
  const { when, place } = condition;
  for (const [name, values] of Object.entries(when)) {
    if (open.has(name)) continue;
    const known = valuesOf(points, name);
    if (known.size === 0) {
      const names = new Set(points.flatMap(({ coordinates }) => coordinates.map(([key]) => key)));
      for (const axis of open) names.add(axis);
      const message = `stage '${stage}' has no axis '${name}'`;
      check.report(place.at(name).key, message, suggest(name, names, 'its axes'));
    }
    for (const [i, value] of known.size === 0 ? [] : values.entries()) {
      if (known.has(String(value))) continue;
      const message = `axis '${name}' has no value '${value}' in any profile`;
      check.report(place.at(name, i).range, message, suggest(String(value), known, 'its values'));
    }
  }
  if (check.diagnostics.length > mistakes) return;
  const matches = spanned.some((axes) =>
    axes.every((axis) => axis.source !== undefined || axis.points.some((p) => agrees(p, axis))),
  );
  if (!matches) {
    const hint = 'these values never occur together: change or remove it';
    check.report(place.key, `${what} of '${stage}' matches no instance`, hint);
  }

  function agrees(point: Point, axis: Axis): boolean {
    return Object.entries(when).every(([name, values]) => {
      if (valuesOf(axis.points, name).size === 0) return true;
      const own = valuesOf([point], name);
      return values.some((value) => own.has(String(value)));
    });
  }
}

function valuesOf(points: readonly Point[], name: string): ReadonlySet<string> {
  const values = points.flatMap(({ coordinates }) =>
    coordinates.filter(([key]) => key === name).map(([, value]) => String(value)),
  );
  return new Set(values);
}
