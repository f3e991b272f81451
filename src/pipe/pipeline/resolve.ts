import type { Diagnostic, SourceRange } from '../core/diagnostic.ts';
import { Fields } from './fields.ts';
import type { Resources } from './graph.ts';
import { axesOfStages, mergeProfile, type ParamLayer } from './merge.ts';
import type { MapNode, Node } from './node.ts';
import { orderStages } from './order.ts';
import { checkCoordinates, parseAxis } from './parse-axis.ts';
import {
  type Axis,
  type Condition,
  DEFAULT_PROFILE,
  type InputSpec,
  type Located,
  type PipelineSpec,
} from './spec.ts';
import { suggest } from './suggest.ts';
import { readYaml } from './yaml.ts';

/** A stage of one profile, with all that is declared for it. */
export interface ResolvedStage {
  readonly name: string;
  readonly nameRange: SourceRange;
  readonly group: string | undefined;
  /** Implemented by `stages/<module>.ts`. */
  readonly module: Located<string>;
  /** Sorted by name. */
  readonly axes: readonly Axis[];
  readonly exclude: readonly Condition[];
  readonly inputs: readonly InputSpec[];
  /** Later layers win. */
  readonly layers: readonly ParamLayer[];
  readonly resources: Resources;
  readonly timeout: number | undefined;
  readonly retries: number;
  readonly backoff: number | undefined;
}

/** The pipeline of one profile. */
export interface ResolvedPipeline {
  readonly file: string;
  readonly profile: string;
  /** Each after those it reads from. */
  readonly stages: readonly ResolvedStage[];
}

/**
 * Applies a profile and the changes of the command line.
 *
 * @param sets `path=value` each: `train.encoder.layers=2` or `axes.seed=[1, 2]`; they win over
 *   everything in the file, overrides included
 */
export function resolve(
  spec: PipelineSpec,
  profile: string,
  sets: readonly string[],
): ResolvedPipeline | readonly Diagnostic[] {
  const found = spec.profiles.get(profile);
  if (found === undefined && profile !== DEFAULT_PROFILE) {
    const hint = suggest(profile, [DEFAULT_PROFILE, ...spec.profiles.keys()], 'profiles');
    return [{ message: `there is no profile '${profile}'`, hint }];
  }
  const merged = mergeProfile(spec, found);
  const fields = new Fields();
  const axes = new Map(merged.axes);
  const setLayers = new Map<string, readonly ParamLayer[]>();
  for (const set of sets) {
    const change = parseSet(fields, set, axes, spec);
    if (change === undefined) continue;
    if ('points' in change) axes.set(change.name, change);
    else setLayers.set(change.stage, [...(setLayers.get(change.stage) ?? []), change]);
  }
  checkCoordinates(fields, axes);
  if (fields.diagnostics.length > 0) return fields.diagnostics;

  const order = orderStages(merged.stages);
  // parsePipeline lets no circle pass.
  if ('cycle' in order) throw new Error('the stages go round in a circle');
  const axesOf = axesOfStages({ axes, stages: merged.stages }, order.stages);
  const stages = order.stages.flatMap((name) => {
    const stage = merged.stages.get(name);
    if (stage === undefined) return [];
    return [
      {
        name,
        nameRange: stage.nameRange,
        group: stage.group,
        module: stage.module,
        axes: axesOf.get(name) ?? [],
        exclude: stage.exclude,
        // Sorted, so that the order of writing shows in no instance.
        inputs: [...stage.inputs.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
        layers: [...stage.layers, ...(setLayers.get(name) ?? [])],
        resources: { cpus: 1, ...stage.resources },
        timeout: stage.timeout,
        retries: stage.retries ?? 0,
        backoff: stage.backoff,
      },
    ];
  });
  return { file: spec.file, profile, stages };
}

/** What a `--set` changes: an axis, or params of a stage. */
function parseSet(
  fields: Fields,
  text: string,
  axes: ReadonlyMap<string, Axis>,
  spec: PipelineSpec,
): Axis | (ParamLayer & { readonly stage: string }) | undefined {
  const file = `--set ${text}`;
  const range: SourceRange = { file, line: 1, column: 1, length: text.length };
  const split = text.indexOf('=');
  const path = text.slice(0, split).split('.');
  const [first, ...rest] = path;
  if (split === -1 || path.includes('') || rest.length === 0) {
    return fields.report(range, 'not of the form path=value', 'e.g. --set train.steps=100');
  }
  const yaml = readYaml(file, text.slice(split + 1));
  fields.diagnostics.push(...yaml.diagnostics.map((found) => ({ ...found, range })));
  if (yaml.diagnostics.length > 0) return undefined;
  const value = yaml.root && relocate(yaml.root, range);
  if (value === undefined)
    return fields.report(range, 'no value after the =', 'write null for none');
  if (first === 'axes') {
    const [name, ...further] = rest;
    if (axes.has(name) && further.length === 0) {
      const list: Node = value.kind === 'list' ? value : { kind: 'list', items: [value], range };
      return parseAxis(fields, { key: name, keyRange: range, value: list });
    }
    return fields.report(
      range,
      `there is no axis '${rest.join('.')}'`,
      suggest(name, axes.keys(), 'axes'),
    );
  }
  if (!spec.stages.has(first)) {
    const hint = suggest(first, ['axes', ...spec.stages.keys()], 'stages');
    return fields.report(range, `there is no stage '${first}'`, hint);
  }
  return { stage: first, when: undefined, params: nest(rest, value, range) };
}

/** `['encoder', 'layers'], 2` -> `{ encoder: { layers: 2 } }` */
function nest(path: readonly string[], value: Node, range: SourceRange): MapNode {
  const nested = path.reduceRight<Node>(
    (inner, key) => ({
      kind: 'map',
      entries: new Map([[key, { key, keyRange: range, value: inner }]]),
      range,
    }),
    value,
  );
  if (nested.kind !== 'map') throw new Error('a path without keys');
  return nested;
}

/** Positions inside a `--set` help nobody: the whole of it is named. */
function relocate(node: Node, range: SourceRange): Node {
  if (node.kind === 'scalar') return { ...node, range };
  if (node.kind === 'list') {
    return { ...node, items: node.items.map((item) => relocate(item, range)), range };
  }
  const entries = [...node.entries].map(
    ([key, entry]) => [key, { key, keyRange: range, value: relocate(entry.value, range) }] as const,
  );
  return { kind: 'map', entries: new Map(entries), range };
}
