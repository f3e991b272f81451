import { groupBy } from '../../tables/group-by.ts';
import type { Done } from '../cache/action-log.ts';
import type { Cache } from '../cache/cache.ts';
import type { Fingerprint } from '../cache/fingerprint.ts';
import type { StageCodes } from '../code/stage-codes.ts';
import type { Outdated } from '../current/assess.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';
import { stageOf } from '../pipeline/names.ts';
import { type Change, fewestChanges } from './changes.ts';
import { codeManifests, type ManifestOf } from './code-manifests.ts';
import { summarise } from './format.ts';

/** What the action records in the cache say about instances that ran before. */
export class PastActions {
  readonly #cache: Cache;
  readonly #manifestOf: ManifestOf;
  readonly #latest = new Map<InstanceId, Done | undefined>();
  #stageSeconds: ReadonlyMap<string, number> | undefined;

  /** @param codes the current code of the stages */
  constructor(cache: Cache, codes: StageCodes) {
    this.#cache = cache;
    this.#manifestOf = codeManifests(cache, codes);
  }

  /** Seconds the instance took last time; if it has no result yet, the median of its stage. */
  seconds({ id, stage }: Instance): number | undefined {
    return this.#latestOf(id)?.record.seconds ?? this.#secondsOfStages().get(stage);
  }

  /** Whether the instance ever succeeded, with any fingerprint. */
  hasRun({ id }: Instance): boolean {
    return this.#latestOf(id) !== undefined;
  }

  /**
   * How the fingerprint differs from the most similar one that the instance ran with; `undefined` if
   * it has no result yet.
   */
  changes({ id }: Instance, fingerprint: Fingerprint): readonly Change[] | undefined {
    const oldestFirst = [...this.#cache.actions.doneFor(id)].reverse();
    const candidates = oldestFirst.map((done) => done.fingerprint());
    return fewestChanges(candidates, fingerprint, this.#manifestOf);
  }

  /** Why an instance has to run, in a few words. */
  reason(instance: Instance, { fingerprint, lost }: Outdated): string {
    if (lost.length > 0) return 'its artifacts are lost';
    const changes = this.changes(instance, fingerprint);
    if (changes === undefined) return 'it has no result yet';
    return changes.length === 0 ? 'forced' : summarise(changes);
  }

  /** Cached: every progress estimate asks again. */
  #latestOf(id: InstanceId): Done | undefined {
    if (!this.#latest.has(id)) {
      const [latest] = this.#cache.actions.doneFor(id);
      this.#latest.set(id, latest);
    }
    return this.#latest.get(id);
  }

  /** Per stage, the median over its instances of the seconds each took last. */
  #secondsOfStages(): ReadonlyMap<string, number> {
    if (this.#stageSeconds === undefined) {
      const latest = new Map<InstanceId, number>();
      for (const { instance, seconds } of this.#cache.actions.records()) {
        latest.set(instance, seconds);
      }
      const stages = groupBy(latest, ([id]) => stageOf(id));
      this.#stageSeconds = new Map(
        [...stages].map(([stage, times]) => [stage, median(times.map(([, seconds]) => seconds))]),
      );
    }
    return this.#stageSeconds;
  }
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}
