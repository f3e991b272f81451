import type { Metrics } from '../cache/metrics.ts';
import type { ActionKey } from '../core/digest.ts';
import type { Assessment } from '../current/assess.ts';
import type { RunEvent } from '../events/events.ts';
import type { InstanceId } from '../pipeline/graph.ts';

/** What became of one instance in a run. */
export interface InstanceRun {
  readonly instance: InstanceId;
  readonly stage: string;
  /** `current`: nothing had to be done; `restored`: its artifacts were taken from the cache. */
  readonly status: 'current' | 'restored' | 'ran' | 'failed' | 'skipped' | 'cancelled';
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
  readonly reason: string;
  /** Seconds from the start of the run. */
  readonly begin: number;
  readonly end: number;
  /** Seconds that the stage itself took; the rest went into storing its outputs. */
  readonly seconds?: number;
  readonly status: 'ran' | 'failed' | 'cancelled';
}

/** Collects a run's events for its record. */
export class RunRecorder {
  readonly #now: () => number;
  readonly #origin: number;
  #current: readonly InstanceRun[] = [];
  /** Those that something happened to. */
  readonly #instances = new Map<InstanceId, InstanceRun>();
  readonly #open = new Map<InstanceId, Omit<Span, 'end' | 'status'>>();
  readonly #spans = new Map<InstanceId, Span[]>();

  /** @param now milliseconds */
  constructor(now: () => number) {
    this.#now = now;
    this.#origin = now();
  }

  /** Notes the instances that are current from the start. */
  begin(
    instances: readonly { readonly id: InstanceId; readonly stage: string }[],
    assessments: ReadonlyMap<InstanceId, Assessment>,
  ): void {
    const current: InstanceRun[] = [];
    for (const { id, stage } of instances) {
      const found = assessments.get(id);
      if (found?.state !== 'current') continue;
      current.push({ instance: id, stage, status: 'current', key: found.key, attempts: 0 });
    }
    this.#current = current;
  }

  note(event: RunEvent): void {
    switch (event.type) {
      case 'started': {
        const { instance, attempt, reason, pid } = event;
        this.#open.set(instance, { attempt, worker: pid, reason, begin: this.#seconds() });
        return;
      }
      case 'finished': {
        const { instance, stage, key, seconds, cpuSeconds, peakMemory, metrics } = event;
        const span = this.#close(instance, 'ran', seconds);
        const cost = { seconds, cpuSeconds, peakMemory };
        const done = { instance, stage, status: 'ran', key, ...cost, metrics } as const;
        this.#set({ ...done, ...placeOf(span) });
        return;
      }
      case 'failed': {
        const { instance, stage, failure, attempt } = event;
        const span = this.#close(instance, 'failed');
        const { message, frames } = failure;
        this.#set({
          instance,
          stage,
          status: 'failed',
          message,
          ...(frames === undefined ? {} : { frames }),
          ...placeOf(span),
          attempts: attempt,
        });
        return;
      }
      case 'restored':
      case 'unchanged': {
        const { instance, stage, key } = event;
        const status = event.type === 'restored' ? 'restored' : 'current';
        this.#set({ instance, stage, status, key, attempts: 0 });
        return;
      }
      case 'skipped':
      case 'cancelled': {
        const { instance, stage, type: status } = event;
        const span = this.#close(instance, 'cancelled');
        this.#set({ instance, stage, status, ...placeOf(span) });
        return;
      }
      default:
        return;
    }
  }

  /** Action key of an instance that was not current from the start. */
  keyOf(instance: InstanceId): ActionKey | undefined {
    return this.#instances.get(instance)?.key;
  }

  /** In the order in which they ended, those that were current first. */
  get instances(): readonly InstanceRun[] {
    const others = [...this.#instances.values()].map((run) => {
      const spans = this.#spans.get(run.instance);
      return spans === undefined ? run : { ...run, spans };
    });
    return [...this.#current, ...others];
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

  #set(run: InstanceRun): void {
    this.#instances.delete(run.instance);
    this.#instances.set(run.instance, run);
  }

  #close(instance: InstanceId, status: Span['status'], seconds?: number): Span | undefined {
    const open = this.#open.get(instance);
    if (open === undefined) return undefined;
    this.#open.delete(instance);
    const cost = seconds === undefined ? {} : { seconds };
    const span = { ...open, end: this.#seconds(), status, ...cost };
    this.#spans.set(instance, [...(this.#spans.get(instance) ?? []), span]);
    return span;
  }

  #seconds(): number {
    return (this.#now() - this.#origin) / 1000;
  }
}

function placeOf(span: Span | undefined) {
  if (span === undefined) return { attempts: 0 };
  return { attempts: span.attempt, begin: span.begin, worker: span.worker };
}
