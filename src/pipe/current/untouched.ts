import type { OutputRecord } from '../cache/fingerprint.ts';
import type { ActionKey, Digest } from '../core/digest.ts';
import { RunError } from '../core/errors.ts';
import type { Disk } from '../disk/disk.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';
import type { Plan } from '../pipeline/plan.ts';
import {
  areAsTheyWere,
  type Current,
  type CurrentLines,
  type CurrentRecord,
  type KnownGraph,
} from './known-current.ts';

const DIGEST_LENGTH = 64;
const DIGEST = /^[0-9a-f]{64}$/;
const REMEDY = 'delete cache/known-current: the next run looks at everything';

/** What is current, in columns: there are many. */
export interface CurrentColumns {
  readonly instances: readonly InstanceId[];
  readonly stages: readonly string[];
  readonly keys: readonly ActionKey[];
}

/** How many instances a stage has. */
export interface StageTotal {
  readonly stage: string;
  readonly total: number;
}

/** @param stages of instances in the order of a graph, where those of one stage follow each other */
export function totalsOf(stages: readonly string[]): readonly StageTotal[] {
  const totals: { stage: string; total: number }[] = [];
  let last: (typeof totals)[number] | undefined;
  for (const stage of stages) {
    if (last?.stage !== stage) {
      last = { stage, total: 0 };
      totals.push(last);
    }
    last.total += 1;
  }
  return totals;
}

/**
 * The instances that are current because nothing about them changed since the whole graph was: not their
 * code, not what they read, not the signatures of their artifacts. The same log of actions then says the
 * same about them. Nothing is said of the others. Most of a large graph is never more than counted and named:
 * only of what a run may have to do with is an instance made.
 */
export class Untouched {
  readonly #known: KnownGraph;
  readonly #plan: Plan;
  /** In the plan, of what a run without targets is about. What follows is in the same order. */
  readonly #places: readonly number[];
  /** Where the lines of each begin. */
  readonly #files: Int32Array;
  readonly #made: Int32Array;
  readonly #isNear: Uint8Array;
  /** What something is to be found out about, and what that reads from, in the order of the graph. */
  readonly near: readonly Instance[];
  /** Those of them that are current. */
  readonly current: ReadonlyMap<InstanceId, Current>;
  /** How many others there are; these are current. */
  readonly size: number;

  /** `undefined` if the graph has other instances. */
  static find(
    known: KnownGraph,
    plan: Plan,
    codeOf: (module: string) => string,
    root: string,
    disk: Disk,
  ): Untouched | undefined {
    const places = plan.ungrouped();
    return known.instances === places.length
      ? new Untouched(known, plan, places, codeOf, (from, to) =>
          areAsTheyWere(disk, root, known.files, from, to),
        )
      : undefined;
  }

  private constructor(
    known: KnownGraph,
    plan: Plan,
    places: readonly number[],
    codeOf: (module: string) => string,
    areThere: (from: number, to: number) => boolean,
  ) {
    const { codes, files, made } = known;
    this.#known = known;
    this.#plan = plan;
    this.#places = places;
    const outputs = plan.kinds.map((kind) => Object.keys(kind.outputs).length);
    this.#files = startsOf(files, places.length, (i) => outputs[plan.kindOf(places[i])]);
    this.#made = startsOf(made, places.length, () => 1);
    const isSame = plan.kinds.map(({ module }) => {
      // Of groups nothing is asked: their code may be broken.
      return Object.hasOwn(codes, module) && codes[module] === codeOf(module);
    });
    const isAltered = new Uint8Array(plan.size);
    let isCurrent = plan.unconcerned(places, isSame, isAltered);
    for (const [from, to] of rangesOf(places, isCurrent)) {
      // Mostly all are: then nothing is to be found out about each.
      if (areThere(this.#files[from], this.#files[to])) continue;
      for (let i = from; i < to; i += 1) {
        if (!areThere(this.#files[i], this.#files[i + 1])) isAltered[places[i]] = 1;
      }
    }
    if (isAltered.includes(1)) isCurrent = plan.unconcerned(places, isSame, isAltered);
    this.#isNear = new Uint8Array(plan.size);
    for (const place of places) {
      if (isCurrent[place] === 1) continue;
      for (const near of [place, ...plan.sourcesOf(place)]) this.#isNear[near] = 1;
    }
    const near: Instance[] = [];
    const current = new Map<InstanceId, Current>();
    for (let i = 0; i < places.length; i += 1) {
      const place = places[i];
      if (this.#isNear[place] === 0) continue;
      const instance = plan.at(place);
      near.push(instance);
      if (isCurrent[place] === 0) continue;
      current.set(instance.id, new Known(this.#record(i), instance.outputs));
    }
    this.near = near;
    this.current = current;
    this.size = places.length - near.length;
  }

  /** Stage files of all instances. */
  get modules(): readonly string[] {
    return Object.keys(this.#known.codes);
  }

  /** How many instances each stage has, near or not. */
  get totals(): readonly StageTotal[] {
    return totalsOf(this.#places.map((place) => this.#plan.stageOf(place)));
  }

  /** What is not near. */
  get columns(): CurrentColumns {
    const columns = { instances: [] as string[], stages: [] as string[], keys: [] as ActionKey[] };
    for (let i = 0; i < this.#places.length; i += 1) {
      const place = this.#places[i];
      if (this.#isNear[place] === 1) continue;
      columns.instances.push(this.#plan.idOf(place));
      columns.stages.push(this.#plan.stageOf(place));
      columns.keys.push(keyOf(this.#known.made, this.#made[i]));
    }
    return columns;
  }

  /** Lines of all. @param records of what is near, in its order */
  lines(records: readonly CurrentRecord[]): CurrentLines {
    const { files, made, instances } = this.#known;
    const lines = { instances, files: '', made: '' };
    let from = 0;
    let next = 0;
    const add = (to: number) => {
      lines.files += files.slice(this.#files[from], this.#files[to]);
      lines.made += made.slice(this.#made[from], this.#made[to]);
    };
    for (let i = 0; i < this.#places.length; i += 1) {
      if (this.#isNear[this.#places[i]] === 0) continue;
      add(i);
      lines.files += records[next].files;
      lines.made += records[next].made;
      next += 1;
      from = i + 1;
    }
    add(this.#places.length);
    return lines;
  }

  #record(i: number): CurrentRecord {
    const { files, made } = this.#known;
    return {
      files: files.slice(this.#files[i], this.#files[i + 1]),
      made: made.slice(this.#made[i], this.#made[i + 1]),
    };
  }
}

/** Where the lines of each of so many instances begin, and where the last ones end. */
function startsOf(text: string, count: number, linesOf: (i: number) => number): Int32Array {
  const starts = new Int32Array(count + 1);
  let start = 0;
  for (let i = 0; i < count; i += 1) {
    for (let left = linesOf(i); left > 0; left -= 1) start = text.indexOf('\n', start) + 1;
    starts[i + 1] = start;
  }
  return starts;
}

/** From where to where in a list of places these are marked one after the other. */
function rangesOf(places: readonly number[], isMarked: Uint8Array): [number, number][] {
  const ranges: [number, number][] = [];
  for (let from = 0, to = 0; from < places.length; from = to + 1) {
    to = from;
    while (to < places.length && isMarked[places[to]] === 1) to += 1;
    if (to > from) ranges.push([from, to]);
  }
  return ranges;
}

/** What it made is read when it is asked for. */
class Known implements Current {
  readonly state = 'current';
  readonly record: CurrentRecord;
  readonly #names: Instance['outputs'];

  constructor(record: CurrentRecord, names: Instance['outputs']) {
    this.record = record;
    this.#names = names;
  }

  get key(): ActionKey {
    return keyOf(this.record.made, 0);
  }

  get outputs(): readonly OutputRecord[] {
    const parts = this.record.made.trimEnd().split(' ');
    return Object.keys(this.#names).map((name, i) => {
      const digest = parts[1 + 2 * i];
      // A sum is no signature: a digest becomes a path, so it must be one.
      if (!DIGEST.test(digest)) throw new RunError(`'${digest}' is no digest`, REMEDY);
      return { name, digest: digest as Digest, size: Number(parts[2 + 2 * i]) };
    });
  }
}

function keyOf(made: string, start: number): ActionKey {
  return made.slice(start, start + DIGEST_LENGTH) as ActionKey;
}
