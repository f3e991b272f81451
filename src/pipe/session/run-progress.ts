import type { OutputRecord } from '../cache/fingerprint.ts';
import { present } from '../core/collections.ts';
import type { ActionKey } from '../core/digest.ts';
import type { Assessment } from '../current/assess.ts';
import type { Emit, RunCounts } from '../events/events.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';
import type { Host } from '../workers/executor.ts';
import type { Failure } from '../workers/failure.ts';
import type { AttemptResult } from './attempt.ts';

type Restorable = Extract<Assessment, { state: 'restorable' }>;
type Ran = Extract<AttemptResult, { ok: true }>;

/** The start of an attempt. */
interface Start {
  readonly attempt: number;
  readonly pid: number;
  readonly host: Host | undefined;
  readonly reason: string;
  /** Expected seconds. */
  readonly estimate: number | undefined;
}

/** What became of the instances of a run so far: reported as events, counted, with their outputs. */
export class RunProgress {
  readonly #emit: Emit;
  /** Most are current from the start. */
  readonly #assessments: ReadonlyMap<InstanceId, Assessment>;
  /** Of the others. */
  readonly #outputs = new Map<InstanceId, readonly OutputRecord[]>();
  readonly #over = new Set<InstanceId>();
  readonly #counts: { -readonly [how in keyof RunCounts]: number } = {
    current: 0,
    restored: 0,
    ran: 0,
    failed: 0,
    skipped: 0,
    cancelled: 0,
  };

  /** @param assessments by which some are current from the start */
  constructor(emit: Emit, assessments: ReadonlyMap<InstanceId, Assessment>) {
    this.#emit = emit;
    this.#assessments = assessments;
    for (const { state } of assessments.values())
      if (state === 'current') this.#counts.current += 1;
  }

  get counts(): RunCounts {
    return this.#counts;
  }

  /** Whether nothing more happens to an instance. */
  readonly isOver = (id: InstanceId): boolean =>
    this.#over.has(id) || this.#assessments.get(id)?.state === 'current';

  /** Outputs of an instance; `undefined` while they are not known. */
  readonly outputsOf = (id: InstanceId): readonly OutputRecord[] | undefined => {
    const first = this.#assessments.get(id);
    return first?.state === 'current' ? first.outputs : this.#outputs.get(id);
  };

  started({ id, stage, axes }: Instance, start: Start): void {
    this.#emit(present({ type: 'started', instance: id, stage, axes, ...start }));
  }

  /** It turned out to be current: what it reads has not changed. */
  unchanged({ id, stage }: Instance, key: ActionKey, outputs: readonly OutputRecord[]): void {
    this.#emit({ type: 'unchanged', instance: id, stage, key });
    this.#end(id, 'current', outputs);
  }

  /** @param isRemote whether the remote cache had it */
  restored({ id, stage }: Instance, { key, outputs, faults }: Restorable, isRemote: boolean): void {
    const remote = isRemote ? { remote: true as const } : {};
    const names = faults.map(({ output }) => output.name);
    this.#emit({ type: 'restored', instance: id, stage, key, outputs: names, ...remote });
    this.#end(id, 'restored', outputs);
  }

  ran({ id, stage }: Instance, key: ActionKey, { changed, ok: _, ...made }: Ran): void {
    if (changed !== undefined) {
      const how = 'has different bytes than before from the same code, params and inputs';
      const why =
        changed.maker === undefined
          ? 'the stage is not deterministic'
          : `the earlier ones were made ${changed.maker}; that says nothing about the stage`;
      this.warn(id, `'${changed.name}' ${how}: ${why}`);
    }
    this.#emit({ type: 'finished', instance: id, stage, key, ...made });
    this.#end(id, 'ran', made.outputs);
  }

  /** @param delay milliseconds until it is tried again; `undefined` if it is not */
  failed({ id, stage }: Instance, failure: Failure, attempt: number, delay?: number): void {
    const retry = delay === undefined ? { retry: false } : { retry: true, delay };
    this.#emit({ type: 'failed', instance: id, stage, failure, attempt, ...retry });
    if (delay === undefined) this.#end(id, 'failed');
  }

  /** @param because the upstream instance that failed */
  skipped({ id, stage }: Instance, because: InstanceId): void {
    if (this.isOver(id)) return;
    this.#end(id, 'skipped');
    this.#emit({ type: 'skipped', instance: id, stage, because });
  }

  /** @param isLeft whether it goes on on a cluster */
  cancelled({ id, stage }: Instance, isLeft = false): void {
    if (this.isOver(id)) return;
    this.#end(id, isLeft ? 'left' : 'cancelled');
    const left = isLeft ? { isLeft: true as const } : {};
    this.#emit({ type: 'cancelled', instance: id, stage, ...left });
  }

  warn(id: InstanceId, message: string): void {
    this.#emit({ type: 'warning', instance: id, message });
  }

  #end(id: InstanceId, how: keyof RunCounts, outputs?: readonly OutputRecord[]): void {
    this.#counts[how] = (this.#counts[how] ?? 0) + 1;
    this.#over.add(id);
    if (outputs !== undefined) this.#outputs.set(id, outputs);
  }
}
