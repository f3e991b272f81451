import type { Checker } from '../core/diagnostic.ts';
import { suggest } from '../core/suggest.ts';
import { checkCommandKeys } from './check-command.ts';
import { axesOfStages, type MergedPipeline, mergeProfile } from './merge.ts';
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
  const order = orderStages(pipeline.stages);
  if ('stages' in order) return axesOfStages(pipeline, order.stages);
  const [first] = order.cycle;
  // In the direction of the data flow.
  const path = [...order.cycle.map(({ stage }) => stage), first.stage].reverse().join(' -> ');
  check.report(
    first.input.place.range,
    `the stages form a cycle: ${path}`,
    'remove one of these inputs',
  );
  return undefined;
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
  // Axes that are missing or invalid are reported elsewhere.
  if (spanned.length === 0 || spanned.flat().some((axis) => axis.points.length === 0)) return;
  const mistakes = check.diagnostics.length;
  const { when, place } = condition;
  for (const [name, values] of Object.entries(when)) {
    const known = valuesOf(points, name);
    if (known.size === 0) {
      const names = new Set(points.flatMap(({ coordinates }) => coordinates.map(([key]) => key)));
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
    axes.every((axis) => axis.points.some((p) => agrees(p, axis))),
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
