import type { RunRecord } from './record.ts';
import type { InstanceRun, Span } from './recorder.ts';

/** One event of the Trace Event Format; times in microseconds. */
type TraceEvent = Readonly<Record<string, unknown>>;

/**
 * A run as a trace for ui.perfetto.dev or chrome://tracing: one track per worker process, on it a slice
 * per attempt, in which the stage's own time and the storing of its outputs lie; and how many ran at a time.
 *
 * Trace Event Format: docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
 */
export function formatTrace(record: RunRecord, instances: readonly InstanceRun[]): string {
  const spans = instances.flatMap((run) => run.spans ?? []);
  const { id, profile, machine } = record;
  const workers = [...new Set(spans.map(({ worker }) => worker))].sort((a, b) => a - b);
  const about = (name: string, tid: number, value: string): TraceEvent => {
    return { name, ph: 'M', pid: 1, tid, args: { name: value } };
  };
  const events: TraceEvent[] = [
    about('process_name', 0, `pipe run ${id}, profile ${profile}, ${machine.cpu}`),
    ...workers.map((worker) => about('thread_name', worker, `worker ${worker}`)),
    ...instances.flatMap((run) => (run.spans ?? []).flatMap((span) => slicesOf(run, span))),
    ...counters(spans),
  ];
  // One event per line: a trace can be read, and searched, as it is.
  const lines = events.map((event) => JSON.stringify(event)).join(',\n');
  return `{"displayTimeUnit":"ms","traceEvents":[\n${lines}\n]}`;
}

function slicesOf({ instance, stage }: InstanceRun, span: Span): readonly TraceEvent[] {
  const { attempt, worker, reason, begin, end, seconds, status } = span;
  const slice = (name: string, from: number, to: number, args: object): TraceEvent => {
    const place = { ts: micros(from), dur: micros(to) - micros(from), pid: 1, tid: worker };
    return { name, cat: stage, ph: 'X', ...place, args };
  };
  const whole = slice(instance, begin, end, { status, attempt, reason });
  if (seconds === undefined) return [whole];
  const stored = Math.min(begin + seconds, end);
  return [whole, slice('run', begin, stored, {}), slice('store', stored, end, {})];
}

function counters(spans: readonly Span[]): readonly TraceEvent[] {
  const changes = spans.flatMap(({ begin, end }) => [
    { at: begin, by: 1 },
    { at: end, by: -1 },
  ]);
  let running = 0;
  return changes
    .sort((a, b) => a.at - b.at || a.by - b.by)
    .map(({ at, by }) => {
      running += by;
      return { name: 'running', ph: 'C', ts: micros(at), pid: 1, args: { instances: running } };
    });
}

function micros(seconds: number): number {
  return Math.round(seconds * 1e6);
}
