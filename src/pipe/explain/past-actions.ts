import { groupBy } from '../../tables/group-by.ts';
import type { ActionRecord, Done } from '../cache/action-log.ts';
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
  /** By stage, what each of its instances did last. */
  #byStage: ReadonlyMap<string, readonly ActionRecord[]> | undefined;
  /** By stage. */
  readonly #medians = new Map<string, number | undefined>();
  /** By stage and operations. */
  readonly #speeds = new Map<string, number | undefined>();

  /** @param codes the current code of the stages */
  constructor(cache: Cache, codes: StageCodes) {
    this.#cache = cache;
    this.#manifestOf = codeManifests(cache, codes);
  }

  /**
   * Seconds the instance took last time; if it has no result yet, the median of its stage. Where its stage
   * declares costs and these are not those of last time, its operations at the speed of that instance of the
   * stage whose operations are nearest: large models run faster than small ones.
   */
  seconds({ id, stage, cost }: Instance): number | undefined {
    const latest = this.#latestOf(id)?.record;
    if (cost === undefined) return latest?.seconds ?? this.#medianOf(stage);
    if (latest?.flops === cost.flops) return latest.seconds;
    const speed = this.#speedNear(stage, cost.flops);
    return speed === undefined ? undefined : cost.flops / speed;
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

  #latestOfStage(stage: string): readonly ActionRecord[] {
    if (this.#byStage === undefined) {
      const latest = new Map<InstanceId, ActionRecord>();
      for (const record of this.#cache.actions.records()) latest.set(record.instance, record);
      this.#byStage = groupBy(latest.values(), ({ instance }) => stageOf(instance));
    }
    return this.#byStage.get(stage) ?? [];
  }

  #medianOf(stage: string): number | undefined {
    if (!this.#medians.has(stage)) {
      this.#medians.set(stage, median(this.#latestOfStage(stage).map(({ seconds }) => seconds)));
    }
    return this.#medians.get(stage);
  }

  /** Operations per second of the instance of a stage that took the nearest number of them. */
  #speedNear(stage: string, flops: number): number | undefined {
    const name = `${stage} ${flops}`;
    if (!this.#speeds.has(name)) {
      const speeds = this.#latestOfStage(stage).flatMap(({ flops: done = 0, seconds }) => {
        return done === 0 || seconds === 0 ? [] : [{ done, speed: done / seconds }];
      });
      const distance = (done: number) => Math.abs(Math.log(done / flops));
      const [nearest] = speeds.sort((a, b) => distance(a.done) - distance(b.done));
      this.#speeds.set(name, nearest?.speed);
    }
    return this.#speeds.get(name);
  }
}

function median(numbers: readonly number[]): number | undefined {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}
