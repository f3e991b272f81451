import type { Diagnostic } from '../core/diagnostic.ts';
import type { Graph, Instance } from './graph.ts';
import { suggest } from './suggest.ts';

/** `train[game=union,dim=8]`: the instances of a stage that agree on the given coordinates. */
export interface Selector {
  /** A stage, or a group for all its stages. */
  readonly stage: string;
  readonly coordinates: ReadonlyMap<string, string>;
}

/** Instances in the order of the graph, each once, or what is wrong with the selectors. */
export type Selection =
  | { readonly ok: true; readonly instances: readonly Instance[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Reads a selector; spaces around its parts do not count. */
export function parseSelector(text: string): Selector | Diagnostic {
  const match = /^\s*([^[\]=,\s]+)\s*(?:\[([^[\]]*)\]\s*)?$/.exec(text);
  const wrong: Diagnostic = {
    message: `'${text}' is not of the form stage[axis=value,...]`,
    hint: `e.g. train, or 'train[game=union,dim=8]' (quoted, for the shell)`,
  };
  if (match === null) return wrong;
  const coordinates = new Map<string, string>();
  for (const part of (match[2] ?? '').split(',').filter((item) => item.trim() !== '')) {
    const [name, value, ...more] = part.split('=').map((item) => item.trim());
    if (!name || !value || more.length > 0) return wrong;
    if (coordinates.has(name)) return { ...wrong, message: `'${text}' names '${name}' twice` };
    coordinates.set(name, value);
  }
  return { stage: match[1], coordinates };
}

/** All instances that agree with any of the selectors; each selector must match some. */
export function select(graph: Graph, selectors: readonly string[]): Selection {
  const diagnostics: Diagnostic[] = [];
  const found = new Set<Instance>();
  for (const text of selectors) {
    const selector = parseSelector(text);
    if ('message' in selector) diagnostics.push(selector);
    else {
      const matched = matching(graph, text, selector);
      if ('message' in matched) diagnostics.push(matched);
      else for (const instance of matched) found.add(instance);
    }
  }
  if (diagnostics.length > 0) return { ok: false, diagnostics };
  return { ok: true, instances: graph.instances.filter((instance) => found.has(instance)) };
}

function matching(
  graph: Graph,
  text: string,
  selector: Selector,
): readonly Instance[] | Diagnostic {
  const ofStage = graph.instances.filter(
    ({ stage, group }) => stage === selector.stage || group === selector.stage,
  );
  if (ofStage.length === 0) {
    const stages = new Set(
      graph.instances.flatMap(({ stage, group }) => (group ? [stage, group] : [stage])),
    );
    const message = `there is no stage '${selector.stage}'`;
    return { message, hint: suggest(selector.stage, stages, 'stages') };
  }
  for (const [name, value] of selector.coordinates) {
    const values = new Set<string>();
    const names = new Set<string>();
    for (const { axes } of ofStage) {
      for (const key of Object.keys(axes)) names.add(key);
      if (Object.hasOwn(axes, name)) values.add(String(axes[name]));
    }
    if (values.size === 0) {
      const message = `stage '${selector.stage}' has no axis '${name}'`;
      return { message, hint: suggest(name, names, 'its axes') };
    }
    if (!values.has(value)) {
      const message = `stage '${selector.stage}' has no instance with ${name}=${value} in profile '${graph.profile}'`;
      return { message, hint: suggest(value, values, 'its values') };
    }
  }
  const matched = ofStage.filter(({ axes }) =>
    [...selector.coordinates].every(
      ([name, value]) => Object.hasOwn(axes, name) && String(axes[name]) === value,
    ),
  );
  if (matched.length > 0) return matched;
  return {
    message: `no instance agrees with '${text}' in profile '${graph.profile}'`,
    hint: 'these values never occur together; name fewer of them',
  };
}
