import type { Done } from '../cache/action-log.ts';
import type { Cache } from '../cache/cache.ts';
import type { Fingerprint } from '../cache/fingerprint.ts';
import type { StageCodes } from '../code/digest.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';
import { type Change, type CodeManifest, nearest } from './explain.ts';

/** What earlier runs tell: how long instances took, and how they differ from what is to run now. */
export class History {
  readonly #cache: Cache;
  readonly #codes: StageCodes;
  readonly #last = new Map<InstanceId, Done | undefined>();
  #byStage: ReadonlyMap<string, number> | undefined;

  /** @param codes the code of the stages as it now is */
  constructor(cache: Cache, codes: StageCodes) {
    this.#cache = cache;
    this.#codes = codes;
  }

  /** Seconds that the instance took last time, or typically takes in its stage. */
  seconds(instance: Instance): number | undefined {
    return this.#lastOf(instance.id)?.record.seconds ?? this.#stages().get(instance.stage);
  }

  /** Whether the instance ever ended well, with whatever fingerprint. */
  hasRun(instance: Instance): boolean {
    return this.#lastOf(instance.id) !== undefined;
  }

  /** How the fingerprint differs from the nearest one the instance ran with; `undefined` if it never ran. */
  changes(instance: Instance, fingerprint: Fingerprint): readonly Change[] | undefined {
    const done = [...this.#cache.actions.doneFor(instance.id)].reverse();
    const before = done.map((one) => one.fingerprint());
    return nearest(before, fingerprint, this.manifestOf);
  }

  /** The files and packages behind a code digest, if it is that of a stage or was ever run. */
  readonly manifestOf = (digest: string): CodeManifest | undefined => {
    for (const code of Object.values(this.#codes)) {
      if ('digest' in code && code.digest === digest) return code;
    }
    try {
      const path = this.#cache.paths.codeManifest(digest);
      const text = this.#cache.disk.read(path)?.toString('utf8');
      return text === undefined ? undefined : (JSON.parse(text) as CodeManifest);
    } catch {
      return undefined;
    }
  };

  /** What was last done for an instance: asked for again and again. */
  #lastOf(id: InstanceId): Done | undefined {
    if (!this.#last.has(id)) {
      const [last] = this.#cache.actions.doneFor(id);
      this.#last.set(id, last);
    }
    return this.#last.get(id);
  }

  /** Median of the last time of each of a stage's instances. */
  #stages(): ReadonlyMap<string, number> {
    if (this.#byStage === undefined) {
      const last = new Map<InstanceId, number>();
      for (const { instance, seconds } of this.#cache.actions.records())
        last.set(instance, seconds);
      const times = [...last].map(([id, seconds]) => ({ stage: id.split('[', 1)[0], seconds }));
      const groups = groupBy(times, ({ stage }) => stage);
      this.#byStage = new Map([...groups].map(([stage, list]) => [stage, median(list)]));
    }
    return this.#byStage;
  }
}

function median(list: readonly { readonly seconds: number }[]): number {
  const sorted = list.map(({ seconds }) => seconds).sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

function groupBy<T, K>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
