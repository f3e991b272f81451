import { codeOf } from './command.ts';
import type { Commands, Graph, InputBinding, Instance, InstanceId, MappedAxis } from './graph.ts';

/**
 * A graph as stored: what the instances of a stage have in common once, and sources by their place.
 * Increase PLAN_FORMAT when it changes.
 */
interface PlanText {
  readonly profile: string;
  readonly mapped?: readonly MappedAxis[];
  readonly kinds: readonly Kind[];
  readonly instances: readonly PlannedInstance[];
}

/** What the instances of a stage have in common. */
type Kind = Omit<Instance, keyof Own>;

type Own = Pick<Instance, 'id' | 'axes' | 'params' | 'folder' | 'inputs' | 'raw' | 'cost'>;

interface PlannedInstance {
  /** An index. */
  readonly kind: number;
  readonly own: Omit<Own, 'inputs'>;
  readonly inputs: readonly PlannedInput[];
}

interface PlannedInput extends Omit<InputBinding, 'sources'> {
  readonly output: string;
  readonly from: readonly number[];
}

/** Writes a graph as text; `Plan` reads it back. */
export function encodePlan({ profile, mapped, instances }: Graph): string {
  const placeOf = new Map(instances.map(({ id }, i) => [id, i]));
  const kinds = new Map<string, number>();
  const planned = instances.map((instance): PlannedInstance => {
    const { id, axes, params, folder, inputs, raw, cost, ...shared } = instance;
    const text = JSON.stringify(shared);
    const kind = kinds.get(text) ?? kinds.size;
    kinds.set(text, kind);
    const own = { id, axes, params, folder, ...(raw && { raw }), ...(cost && { cost }) };
    return { kind, own, inputs: inputs.map((input) => planInput(input, placeOf)) };
  });
  const content = { profile, mapped, kinds: [...kinds.keys()].map((text) => JSON.parse(text)) };
  return JSON.stringify({ ...content, instances: planned });
}

function planInput(
  { sources, ...input }: InputBinding,
  placeOf: ReadonlyMap<InstanceId, number>,
): PlannedInput {
  const from = sources.map(({ instance }) => {
    const place = placeOf.get(instance);
    if (place === undefined) throw new Error(`instance ${instance} is not in the graph`);
    return place;
  });
  return { ...input, output: sources[0]?.output ?? '', from };
}

/** A graph read back. Each instance is made when asked for: of a large graph a run needs few. */
export class Plan implements Graph {
  readonly declaration?: string;
  /** As `encodePlan` wrote it: plans of one text have equal instances in equal order. */
  readonly text: string;
  readonly profile: string;
  readonly mapped?: readonly MappedAxis[];
  /** What instances of a kind have in common. */
  readonly kinds: readonly Kind[];
  readonly #planned: readonly PlannedInstance[];
  readonly #made: (Instance | undefined)[] = [];
  #all: readonly Instance[] | undefined;
  #places: ReadonlyMap<InstanceId, number> | undefined;

  constructor(text: string, declaration?: string) {
    if (declaration !== undefined) this.declaration = declaration;
    this.text = text;
    const { profile, mapped, kinds, instances } = JSON.parse(text) as PlanText;
    this.profile = profile;
    if (mapped !== undefined) this.mapped = mapped;
    this.kinds = kinds;
    this.#planned = instances;
  }

  /** How many instances there are. */
  get size(): number {
    return this.#planned.length;
  }

  get instances(): readonly Instance[] {
    this.#all ??= this.#planned.map((_, at) => this.at(at));
    return this.#all;
  }

  at(at: number): Instance {
    this.#made[at] ??= this.#make(this.#planned[at]);
    return this.#made[at];
  }

  #make({ kind, own, inputs }: PlannedInstance): Instance {
    const bindings = inputs.map(({ name, arity, output, from }) => {
      // Sources are not made for this: they would be with all that leads to them.
      const sources = from.map((place) => {
        const { id, axes } = this.#planned[place].own;
        return { instance: id, output, axes };
      });
      return { name, arity, sources };
    });
    return { ...this.kinds[kind], ...own, inputs: bindings };
  }

  idOf(at: number): InstanceId {
    return this.#planned[at].own.id;
  }

  /** An index. */
  kindOf(at: number): number {
    return this.#planned[at].kind;
  }

  stageOf(at: number): string {
    return this.kinds[this.kindOf(at)].stage;
  }

  /** Places of the instances that one reads from or has its axes from. */
  sourcesOf(at: number): readonly number[] {
    const { after = [] } = this.kinds[this.kindOf(at)];
    const sources = after.flatMap((id) => this.#placeOf(id) ?? []);
    for (const { from } of this.#planned[at].inputs) for (const place of from) sources.push(place);
    return sources;
  }

  #placeOf(id: InstanceId): number | undefined {
    this.#places ??= new Map(this.#planned.map(({ own }, place) => [own.id, place]));
    return this.#places.get(id);
  }

  /** Files, folders and patterns that an instance reads. */
  filesOf(at: number): readonly string[] {
    const { raw = [] } = this.#planned[at].own;
    return raw.flatMap(({ source }) => ('files' in source ? [source.files] : []));
  }

  /** What the instances at some places depend on besides each other, stage files and params. */
  namesAround(places: readonly number[]) {
    const kinds = [...new Set(places.map((at) => this.kindOf(at)))].map((kind) => this.kinds[kind]);
    const commands = kinds.flatMap(({ command }) => command ?? []);
    return {
      files: places.flatMap((at) => this.filesOf(at)),
      code: commands.flatMap(codeOf),
      env: kinds.flatMap(({ env = [] }) => env),
      tools: commands.flatMap(({ tools }) => tools.map((words) => JSON.stringify(words))),
    };
  }

  /** By module. */
  get commands(): Commands {
    return Object.fromEntries(
      this.kinds.flatMap(({ module, command }) => (command ? [[module, command]] : [])),
    );
  }

  /** Places of all instances of no group and of what they need, in order. */
  ungrouped(): readonly number[] {
    const isWanted = this.#planned.map(({ kind }) => this.kinds[kind].group === undefined);
    for (let at = this.size - 1; at >= 0; at -= 1) {
      if (isWanted[at]) for (const source of this.sourcesOf(at)) isWanted[source] = true;
    }
    return [...isWanted.keys()].filter((at) => isWanted[at]);
  }
}
