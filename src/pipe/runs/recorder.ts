import type { Metrics } from '../cache/metrics.ts';
import { present } from '../core/collections.ts';
import type { ActionKey } from '../core/digest.ts';
import type { Assessment } from '../current/assess.ts';
import type { RunCounts, RunEvent } from '../events/events.ts';
import type { InstanceId } from '../pipeline/graph.ts';
import type { Host } from '../workers/executor.ts';

/** What became of one instance in a run. */
export interface InstanceRun {
  readonly instance: InstanceId;
  readonly stage: string;
  /** `current`: nothing had to be done; `restored`: its artifacts were taken from the cache. */
  readonly status: 'current' | 'restored' | 'ran' | 'failed' | 'skipped' | 'cancelled' | 'left';
  readonly key?: ActionKey;
  readonly attempts: number;
  /** Seconds from the start of the run to that of the last attempt. */
  readonly begin?: number;
  readonly seconds?: number;
  readonly cpuSeconds?: number;
  /** Bytes. */
  readonly peakMemory?: number;
  /** Process id of the worker. */
  readonly worker?: number;
  /** Where on a cluster it ran. */
  readonly host?: Host;
  readonly metrics?: Metrics;
  /** Why it failed. */
  readonly message?: string;
  /** Where in the project's own files, the innermost first: `stages/count.ts:10:41`. */
  readonly frames?: readonly string[];
  readonly spans?: readonly Span[];
}

/** One attempt at an instance, from its start in a worker until its outputs are stored. */
export interface Span {
  readonly attempt: number;
  readonly worker: number;
  readonly host?: Host;
  readonly reason: string;
  /** Seconds from the start of the run. */
  readonly begin: number;
  readonly end: number;
  /** Seconds that the stage itself took; the rest went into storing its outputs. */
  readonly seconds?: number;
  readonly status: 'ran' | 'failed' | 'interrupted' | 'cancelled' | 'left';
}

/** Collects a run's events for its record. */
export class RunRecorder {
  readonly #now: () => number;
  readonly #origin: number;
  #current: readonly InstanceRun[] = [];
  /** Those that something happened to. */
  readonly #instances = new Map<InstanceId, InstanceRun>();
  readonly #open = new Map<InstanceId, Omit<Span, 'end' | 'status'>>();

  /** @param now milliseconds */
  constructor(now: () => number) {
    this.#now = now;
    this.#origin = now();
  }

  /** Notes the instances that are current from the start; again when there are more of them. */
  begin(
    instances: readonly { readonly id: InstanceId; readonly stage: string }[],
    assessments: ReadonlyMap<InstanceId, Assessment>,
  ): void {
    const current: InstanceRun[] = [];
    for (const { id, stage } of instances) {
      const assessment = assessments.get(id);
      if (assessment?.state !== 'current' || this.#instances.has(id)) continue;
      const { key } = assessment;
      current.push({ instance: id, stage, status: 'current', key, attempts: 0 });
    }
    this.#current = current;
  }

  note(event: RunEvent): void {
    switch (event.type) {
      case 'started': {
        const { instance, attempt, reason, pid: worker, host } = event;
        const begin = this.#seconds();
        this.#open.set(instance, present({ attempt, worker, host, reason, begin }));
        return;
      }
      case 'finished': {
        const { key, seconds, cpuSeconds, peakMemory, metrics } = event;
        this.#end(event, 'ran', { key, seconds, cpuSeconds, peakMemory, metrics });
        return;
      }
      case 'failed': {
        const { kind, message, frames } = event.failure;
        const how = event.retry && kind === 'interrupted' ? 'interrupted' : 'failed';
        this.#end(event, 'failed', present({ message, frames, attempts: event.attempt }), how);
        return;
      }
      case 'restored':
        this.#end(event, 'restored', { key: event.key });
        return;
      case 'unchanged':
        this.#end(event, 'current', { key: event.key });
        return;
      case 'skipped':
        this.#end(event, 'skipped');
        return;
      case 'cancelled':
        this.#end(event, event.isLeft === true ? 'left' : 'cancelled');
    }
  }

  /** Action key of an instance that was not current from the start. */
  keyOf(instance: InstanceId): ActionKey | undefined {
    return this.#instances.get(instance)?.key;
  }

  /** How many ended in which way; those that were only counted are left out. */
  get counts(): RunCounts {
    const counts = { restored: 0, ran: 0, failed: 0, skipped: 0, cancelled: 0, left: 0 };
    const all = { ...counts, current: this.#current.length };
    for (const { status } of this.#instances.values()) all[status] += 1;
    const { left, ...usual } = all;
    return left === 0 ? usual : all;
  }

  /** Whether the run has made its outputs. */
  readonly hasRun = (instance: InstanceId): boolean =>
    this.#instances.get(instance)?.status === 'ran';

  /** In the order in which they ended, those that were current first. */
  get instances(): readonly InstanceRun[] {
    return [...this.#current, ...this.#instances.values()];
  }

  /** Why instances failed. */
  get failures(): Readonly<Record<InstanceId, string>> {
    const failed = [...this.#instances.values()].filter(({ status }) => status === 'failed');
    return Object.fromEntries(
      failed.map(({ instance, message = '', frames: [place] = [] }) => [
        instance,
        place === undefined ? message : `${message} (${place})`,
      ]),
    );
  }

  /** Notes how an instance, or an attempt at it, ended. */
  #end(
    { instance, stage }: Pick<InstanceRun, 'instance' | 'stage'>,
    status: InstanceRun['status'],
    { key, seconds, ...facts }: Partial<InstanceRun> = {},
    how?: Span['status'],
  ): void {
    const open = this.#open.get(instance);
    const spans = [...(this.#instances.get(instance)?.spans ?? [])];
    if (open !== undefined) {
      const usual = status === 'ran' || status === 'left' ? status : 'cancelled';
      spans.push(present({ ...open, end: this.#seconds(), status: how ?? usual, seconds }));
    }
    this.#open.delete(instance);
    this.#instances.delete(instance);
    const { attempt: attempts = 0, begin, worker, host } = open ?? {};
    const known = present({ key, seconds, attempts, begin, worker, host });
    const told = spans.length === 0 ? {} : { spans };
    this.#instances.set(instance, { instance, stage, status, ...known, ...facts, ...told });
  }

  #seconds(): number {
    return (this.#now() - this.#origin) / 1000;
  }
}
