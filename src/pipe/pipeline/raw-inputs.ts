import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Checker } from '../core/diagnostic.ts';
import { suggest } from '../core/suggest.ts';
import { isPattern } from './command.ts';
import type { Arity, Coordinates } from './contract.ts';
import type { RawInput, RawSource, StageDescription } from './graph.ts';
import type { ResolvedPipeline, ResolvedRaw, ResolvedStage } from './resolve.ts';
import type { Axis } from './spec.ts';
import { fillIn, templatesOf } from './templates.ts';

/** What a command says of itself, as a contract does; `undefined` for a stage file. */
export function describeCommand(
  stage: ResolvedStage,
  axesOf: (stage: string) => readonly Axis[],
): StageDescription | undefined {
  if (stage.command === undefined) return undefined;
  const own = new Set(stage.axes.map(({ name }) => name));
  const produced = stage.inputs.map(({ name, stage: upstream }): [string, Arity] => {
    const isGathered = axesOf(upstream).some((axis) => !own.has(axis.name));
    return [name, isGathered ? 'many' : 'one'];
  });
  const raw = stage.raw.map((spec): [string, Arity] => [spec.name, arityOf(spec)]);
  return {
    inputs: Object.fromEntries([...produced, ...raw]),
    outputs: stage.command.outputs,
    paramKeys: coordinatesOf(stage),
  };
}

/** A file that is there is meant by its name, also where that looks like a pattern. */
export function withLiteralSources(pipeline: ResolvedPipeline, root: string): ResolvedPipeline {
  const stages = pipeline.stages.map((stage) => ({
    ...stage,
    raw: stage.raw.map((spec) => ({ ...spec, source: literalSource(spec.source, root) })),
  }));
  return { ...pipeline, stages };
}

function literalSource(source: RawSource, root: string): RawSource {
  if (!('files' in source)) return source;
  const { files } = source;
  // Braces name coordinates.
  const isName = isPattern(files) && !files.includes('{') && existsSync(resolve(root, files));
  return isName ? { files: files.replace(/[\\*?[\]()!@+]/g, '\\$&') } : source;
}

/** The raw inputs of a stage, templates of coordinates included. */
export function rawInputsOf(
  check: Checker,
  stage: ResolvedStage,
  { inputs }: StageDescription,
): readonly RawInput[] {
  const known = coordinatesOf(stage);
  return stage.raw.map((spec) => {
    const { name, source, place, as } = spec;
    if ('files' in source) {
      for (const { text } of templatesOf(source.files)) {
        if (known.includes(text)) continue;
        const message = `input '${name}' has {${text}}, but stage '${stage.name}' has no axis '${text}'`;
        check.report(place.range, message, suggest(text, known, 'its axes'));
      }
      if (inputs[name] === 'one' && arityOf(spec) === 'many') {
        const message = `input '${name}' of stage '${stage.name}' takes one file or folder, but ${source.files} may match several`;
        check.report(place.range, message, `name one, or declare the input as 'many'`);
      }
    }
    const arity = inputs[name] ?? 'one';
    return { name, arity, source, range: place.range, ...(as === undefined ? {} : { as }) };
  });
}

/** The same for one instance, whose coordinates are filled in. */
export function fillInAll(raw: readonly RawInput[], axes: Coordinates): readonly RawInput[] {
  return raw.map((one) => {
    if (!('files' in one.source)) return one;
    const files = fillIn(one.source.files, ({ text }) => String(axes[text] ?? `{${text}}`));
    return files === one.source.files ? one : { ...one, source: { files } };
  });
}

function arityOf({ source }: ResolvedRaw): Arity {
  return 'files' in source && isPattern(fillIn(source.files, () => '')) ? 'many' : 'one';
}

function coordinatesOf({ axes }: ResolvedStage): readonly string[] {
  const names = axes.flatMap(({ name, points, source }) => {
    const set = points.flatMap(({ coordinates }) => coordinates.map(([key]) => key));
    // Also while its values are not known.
    return source === undefined ? set : [name];
  });
  return [...new Set(names)];
}
