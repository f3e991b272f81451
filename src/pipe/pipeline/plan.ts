import type { Json } from '../core/json.ts';
import { codeOf } from './command.ts';
import type { Arity, Coordinate, Coordinates, Cost } from './contract.ts';
import type {
  Command,
  Commands,
  Graph,
  InputBinding,
  Instance,
  InstanceId,
  MappedAxis,
  RawInput,
  Resources,
} from './graph.ts';
import { folderName, formatCoordinates, instanceFolder, instanceId } from './names.ts';
import { fillInAll } from './raw-templates.ts';

/**
 * A graph as stored: repeated values once, instances by their index.
 * Increase PLAN_FORMAT when it changes.
 */
export interface PlanText {
  readonly profile: string;
  readonly mapped?: readonly MappedAxis[];
  /** With the value's part of the folder name where that is not `escapeValue`. */
  readonly coordinates: readonly PlannedCoordinate[];
  readonly params: readonly { readonly params: Json; readonly cost?: Cost }[];
  readonly kinds: readonly Kind[];
  readonly stages: readonly string[];
  /** Per stage its kind, an index, and how many instances it has. */
  readonly sizes: readonly number[];
  /**
   * Per instance: how many coordinates, these, params, and per input how many sources, and these; indices all.
   * One list of numbers is read in a fraction of the time that as many small ones take.
   */
  readonly rows: readonly number[];
}

export type PlannedCoordinate = readonly [name: string, value: Coordinate, folder?: string];

/** What the instances of equally declared stages have in common. */
export interface Kind {
  readonly group?: string;
  readonly after?: readonly InstanceId[];
  readonly module: string;
  readonly command?: Command;
  readonly env?: readonly string[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly resources: Resources;
  readonly sharesProcess?: true;
  readonly timeout?: number;
  readonly retries: number;
  readonly backoff?: number;
  /** With the templates of coordinates, which are filled in for each instance. */
  readonly raw?: readonly RawInput[];
  readonly inputs: readonly {
    readonly name: string;
    readonly arity: Arity;
    /** `undefined` when there is no source. */
    readonly output?: string;
  }[];
}

/** A graph read back. Each instance is made when asked for: of a large graph a run needs few. */
export class Plan implements Graph {
  readonly declaration?: string;
  /** As `encodePlan` wrote it: plans of one text have equal instances in equal order. */
  readonly text: string;
  readonly profile: string;
  readonly mapped?: readonly MappedAxis[];
  readonly #content: PlanText;
  /** Per instance its stage, an index, and where its row begins. */
  readonly #stages: Int32Array;
  readonly #starts: Int32Array;
  /** Of each coordinate its text in ids, and that in folder names. */
  readonly #texts: readonly string[];
  readonly #folders: readonly string[];
  readonly #made: (Instance | undefined)[];
  #all: readonly Instance[] | undefined;
  #firsts: ReadonlyMap<string, number> | undefined;

  /** @throws when the text is no plan */
  constructor(text: string, declaration?: string) {
    if (declaration !== undefined) this.declaration = declaration;
    this.text = text;
    const content = JSON.parse(text) as PlanText;
    const { sizes, rows, kinds, stages, coordinates } = content;
    this.profile = content.profile;
    if (content.mapped !== undefined) this.mapped = content.mapped;
    this.#content = content;
    this.#texts = coordinates.map(([name, value]) => formatCoordinates([[name, value]]));
    this.#folders = coordinates.map(([name, value, folder]) =>
      folder === undefined ? folderName([[name, value]]) : `${name}=${folder}`,
    );
    let count = 0;
    for (let stage = 0; stage < stages.length; stage += 1) count += sizes[2 * stage + 1];
    this.#stages = new Int32Array(count);
    this.#starts = new Int32Array(count);
    this.#made = new Array(count);
    let [at, row] = [0, 0];
    for (let stage = 0; stage < stages.length; stage += 1) {
      const inputs = kinds[sizes[2 * stage]].inputs.length;
      for (let left = sizes[2 * stage + 1]; left > 0; left -= 1) {
        this.#stages[at] = stage;
        this.#starts[at] = row;
        at += 1;
        row += rows[row] + 2;
        for (let input = 0; input < inputs; input += 1) row += rows[row] + 1;
      }
    }
    if (row !== rows.length) throw new Error('a plan does not fit its stages');
  }

  /** How many instances there are. */
  get size(): number {
    return this.#stages.length;
  }

  get instances(): readonly Instance[] {
    this.#all ??= Array.from({ length: this.size }, (_, at) => this.at(at));
    return this.#all;
  }

  at(at: number): Instance {
    const known = this.#made[at];
    if (known !== undefined) return known;
    const made = this.#make(at);
    this.#made[at] = made;
    return made;
  }

  stageOf(at: number): string {
    return this.#content.stages[this.#stages[at]];
  }

  /** What instances of a kind have in common. */
  get kinds(): readonly Kind[] {
    return this.#content.kinds;
  }

  /** An index. */
  kindOf(at: number): number {
    return this.#content.sizes[2 * this.#stages[at]];
  }

  idOf(at: number): InstanceId {
    return instanceId(this.stageOf(at), this.#where(at, this.#texts));
  }

  /** Places of the instances that one reads from or has its axes from. */
  sourcesOf(at: number): readonly number[] {
    const { rows } = this.#content;
    const found = this.#afters(at);
    let row = this.#starts[at];
    row += rows[row] + 2;
    for (const _ of this.kinds[this.kindOf(at)].inputs) {
      for (const end = row + rows[row]; row < end; row += 1) found.push(rows[row + 1]);
      row += 1;
    }
    return found;
  }

  /** Files, folders and patterns that an instance reads. */
  filesOf(at: number): readonly string[] {
    const { raw } = this.kinds[this.kindOf(at)];
    if (raw === undefined) return [];
    return fillInAll(raw, this.#axes(at)).flatMap(({ source }) =>
      'files' in source ? [source.files] : [],
    );
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

  /** An instance that others have their axes from is the only one of its stage. */
  #afters(at: number): number[] {
    const { after = [] } = this.kinds[this.kindOf(at)];
    if (after.length === 0) return [];
    this.#firsts ??= new Map(
      this.#content.stages.map((stage, i) => [stage, this.#stages.indexOf(i)]),
    );
    return after.flatMap((id) => this.#firsts?.get(id) ?? []);
  }

  /** Places of all instances of no group and of what they need, in order. */
  ungrouped(): readonly number[] {
    const hasGroups = this.kinds.some(({ group }) => group !== undefined);
    if (!hasGroups) return Array.from(this.#starts.keys());
    const isWanted = new Uint8Array(this.size);
    for (let at = this.size - 1; at >= 0; at -= 1) {
      if (this.kinds[this.kindOf(at)].group === undefined) isWanted[at] = 1;
      if (isWanted[at] === 1) for (const source of this.sourcesOf(at)) isWanted[source] = 1;
    }
    const found: number[] = [];
    for (let at = 0; at < this.size; at += 1) if (isWanted[at] === 1) found.push(at);
    return found;
  }

  #make(at: number): Instance {
    const { rows, params } = this.#content;
    const {
      group,
      module,
      command,
      env,
      raw,
      after,
      outputs,
      resources,
      sharesProcess,
      timeout,
      retries,
      backoff,
    } = this.kinds[this.kindOf(at)];
    const stage = this.stageOf(at);
    const start = this.#starts[at];
    const variant = params[rows[start + rows[start] + 1]];
    const instance: Mutable<Instance> = {
      id: this.idOf(at),
      stage,
      module,
      axes: this.#axes(at),
      params: variant.params,
      inputs: this.#inputs(at),
      outputs,
      folder: instanceFolder(stage, this.#where(at, this.#folders)),
      resources,
      retries,
    };
    if (group !== undefined) instance.group = group;
    if (command !== undefined) instance.command = command;
    if (env !== undefined) instance.env = env;
    if (raw !== undefined) instance.raw = fillInAll(raw, instance.axes);
    if (after !== undefined) instance.after = after;
    if (sharesProcess !== undefined) instance.sharesProcess = sharesProcess;
    if (timeout !== undefined) instance.timeout = timeout;
    if (backoff !== undefined) instance.backoff = backoff;
    if (variant.cost !== undefined) instance.cost = variant.cost;
    return instance;
  }

  #where(at: number, texts: readonly string[]): string {
    const { rows } = this.#content;
    const start = this.#starts[at];
    let where = '';
    for (let i = 1; i <= rows[start]; i += 1) {
      where += i === 1 ? texts[rows[start + i]] : `,${texts[rows[start + i]]}`;
    }
    return where;
  }

  #axes(at: number): Coordinates {
    const { rows, coordinates } = this.#content;
    const start = this.#starts[at];
    const axes: Record<string, Coordinate> = {};
    for (let i = 1; i <= rows[start]; i += 1) {
      const [name, value] = coordinates[rows[start + i]];
      axes[name] = value;
    }
    return axes;
  }

  #inputs(at: number): readonly InputBinding[] {
    const { rows } = this.#content;
    let row = this.#starts[at];
    row += rows[row] + 2;
    return this.kinds[this.kindOf(at)].inputs.map(({ name, arity, output = '' }) => {
      const sources = rows.slice(row + 1, row + 1 + rows[row]).map((source) => {
        // Not made for this: it would be with all that leads to it.
        const { id, axes } = this.#made[source] ?? {
          id: this.idOf(source),
          axes: this.#axes(source),
        };
        return { instance: id, output, axes };
      });
      row += sources.length + 1;
      return { name, arity, sources };
    });
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
