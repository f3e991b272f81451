import type { Diagnostic } from '../core/diagnostic.ts';
import { suggest } from '../core/suggest.ts';
import type { Graph, Instance } from './graph.ts';
import { whyNone } from './mapped.ts';
import { formatCoordinates } from './names.ts';

/** `train[model=small,name="a, b"]`: the instances of a stage with the given coordinates. */
interface Selector {
  /** A stage, or a group for all its stages. */
  readonly stage: string;
  readonly coordinates: ReadonlyMap<string, string>;
}

/** Instances in the order of the graph, each once, or the mistakes in the selectors. */
export type Selection =
  | { readonly ok: true; readonly instances: readonly Instance[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Parses a selector; spaces around its parts are ignored. */
export function parseSelector(text: string): Selector | Diagnostic {
  const match = /^\s*([^[\]=,\s]+)\s*(?:\[(.*)\]\s*)?$/s.exec(text);
  const malformed: Diagnostic = {
    message: `'${text}' does not have the form stage[axis=value,...]`,
    hint: `e.g. train or 'train[model=small,seed=1]' (in quotes, because of the shell); a value with any of " [ ] , = in double quotes`,
  };
  if (match === null) return malformed;
  const coordinates = new Map<string, string>();
  for (let rest = match[2] ?? ''; rest.trim() !== ''; ) {
    const [part, name, value = ''] = COORDINATE.exec(rest) ?? [];
    const own = unquote(value);
    if (part === undefined || own === undefined) return malformed;
    rest = rest.slice(part.length);
    if (name === undefined) continue;
    if (coordinates.has(name)) return { ...malformed, message: `'${text}' sets '${name}' twice` };
    coordinates.set(name, own);
  }
  return { stage: match[1], coordinates };
}

/** One coordinate and the comma after it, or a comma alone. */
const COORDINATE =
  /^\s*(?:([^\s=,"[\]]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s"[\],=](?:[^"[\],=]*[^\s"[\],=])?)\s*)?(?:,|$)/;

/** @returns `undefined` for a string that JSON does not know */
function unquote(value: string): string | undefined {
  if (!value.startsWith('"')) return value;
  try {
    return JSON.parse(value) as string;
  } catch {
    return undefined;
  }
}

/** The instances that match any of the selectors; every selector must match at least one. */
export function select(graph: Graph, selectors: readonly string[]): Selection {
  const diagnostics: Diagnostic[] = [];
  const selected = new Set<Instance>();
  for (const text of selectors) {
    const selector = parseSelector(text);
    if ('message' in selector) diagnostics.push(selector);
    else {
      const matches = matching(graph, text, selector);
      if ('message' in matches) diagnostics.push(matches);
      else for (const instance of matches) selected.add(instance);
    }
  }
  if (diagnostics.length > 0) return { ok: false, diagnostics };
  return { ok: true, instances: graph.instances.filter((instance) => selected.has(instance)) };
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
    const reason = whyNone(graph, selector.stage);
    if (reason !== undefined) return reason;
    const mapped = graph.mapped?.flatMap((axis) => axis.stages) ?? [];
    const stages = new Set(
      [...graph.instances, ...mapped].flatMap(({ stage, group }) =>
        group ? [stage, group] : [stage],
      ),
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
      const message = `stage '${selector.stage}' has no instance with ${formatCoordinates([[name, value]])} in profile '${graph.profile}'`;
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
    message: `no instance matches '${text}' in profile '${graph.profile}'`,
    hint: 'these values never occur together: leave some out',
  };
}
