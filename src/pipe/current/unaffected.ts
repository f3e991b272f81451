import type { ActionKey } from '../core/digest.ts';
import type { Changed } from '../inputs/surroundings.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';
import type { Plan } from '../pipeline/plan.ts';
import type { CodeDigestOf } from './assess.ts';
import type { Ledger } from './ledger.ts';
import { type Current, type Entry, keyOf, parseEntry } from './ledger-entry.ts';

/** How many instances a stage has. */
interface StageTotal {
  readonly stage: string;
  readonly total: number;
}

/** @param stages of instances in the order of a graph, where those of one stage follow each other */
export function totalsOf(stages: readonly string[]): readonly StageTotal[] {
  const totals = new Map<string, number>();
  for (const stage of stages) totals.set(stage, (totals.get(stage) ?? 0) + 1);
  return [...totals].map(([stage, total]) => ({ stage, total }));
}

/**
 * The instances that no change since the ledger was written affects: their code, what they read and the
 * signatures of their artifacts are the same, so they are current. Of a large graph most are only counted
 * and named: `Instance` objects are made of the affected ones alone, and of what these read from.
 */
export class Unaffected {
  readonly #plan: Plan;
  /** Places in the plan of all instances of a run without targets, and the entry of each. */
  readonly #places: readonly number[];
  readonly #entries: readonly Entry[];
  /** By place: whether it is unaffected, and whether an `Instance` is made of it. */
  readonly #isUnaffected: Uint8Array;
  readonly #isMade: Uint8Array;
  /** The affected instances, and what they read from, in the order of the plan. */
  readonly instances: readonly Instance[];
  /** Those of them that are unaffected. */
  readonly current: ReadonlyMap<InstanceId, Current>;
  /** How many others there are; all of them are unaffected. */
  readonly count: number;

  /** @returns `undefined` where nothing in the ledger is valid for this plan and action log */
  static find(
    ledger: Pick<Ledger, 'stored' | 'entriesOf'>,
    plan: Plan,
    actions: string | undefined,
    codeOf: CodeDigestOf,
    isInPlace: (entry: Entry) => boolean,
    changed: Pick<Changed, 'files' | 'env'>,
  ): Unaffected | undefined {
    const entries = ledger.entriesOf(plan.text, actions);
    const { codes = {} } = ledger.stored ?? {};
    const places = plan.ungrouped();
    if (entries?.length !== places.length) return undefined;
    const isSame = plan.kinds.map(
      ({ module, env = [] }) =>
        codes[module] === codeOf(module) && !env.some((name) => changed.env.has(name)),
    );
    const isUnaffected = new Uint8Array(plan.size);
    // Each comes after what it reads from: one pass spreads every change.
    for (const [i, place] of places.entries()) {
      if (!isSame[plan.kindOf(place)]) continue;
      if (plan.sourcesOf(place).some((source) => isUnaffected[source] === 0)) continue;
      if (plan.filesOf(place).some((files) => changed.files.has(files))) continue;
      if (isInPlace(entries[i])) isUnaffected[place] = 1;
    }
    return new Unaffected(plan, places, entries, isUnaffected);
  }

  private constructor(
    plan: Plan,
    places: readonly number[],
    entries: readonly Entry[],
    isUnaffected: Uint8Array,
  ) {
    this.#plan = plan;
    this.#places = places;
    this.#entries = entries;
    this.#isUnaffected = isUnaffected;
    this.#isMade = new Uint8Array(plan.size);
    for (const place of places) {
      if (isUnaffected[place] === 1) continue;
      for (const needed of [place, ...plan.sourcesOf(place)]) this.#isMade[needed] = 1;
    }
    const instances: Instance[] = [];
    const current = new Map<InstanceId, Current>();
    for (const [i, place] of places.entries()) {
      if (this.#isMade[place] === 0) continue;
      const instance = plan.at(place);
      instances.push(instance);
      const result = isUnaffected[place] === 1 ? parseEntry(entries[i], instance) : undefined;
      if (result !== undefined) current.set(instance.id, result);
    }
    this.instances = instances;
    this.current = current;
    this.count = places.length - instances.length;
  }

  /** How many instances each stage has in all. */
  get totals(): readonly StageTotal[] {
    return totalsOf(this.#places.map((place) => this.#plan.stageOf(place)));
  }

  /** The others, which are only counted. */
  *others(): IterableIterator<{ instance: InstanceId; stage: string; key: ActionKey }> {
    for (const [i, place] of this.#places.entries()) {
      if (this.#isMade[place] === 1) continue;
      const stage = this.#plan.stageOf(place);
      yield { instance: this.#plan.idOf(place), stage, key: keyOf(this.#entries[i]) };
    }
  }

  /** Entries of all: those of the ledger, and new ones of what was affected. */
  entriesWith(made: (instance: Instance) => Entry | undefined): readonly (Entry | undefined)[] {
    return this.#places.map((place, i) =>
      this.#isUnaffected[place] === 1 ? this.#entries[i] : made(this.#plan.at(place)),
    );
  }
}
