import type { JournalEntry } from '../../runs/journal.ts';
import type { LiveMessage } from '../messages.ts';

/** What became of an instance so far. */
export interface InstanceState {
  readonly id: string;
  readonly stage: string;
  state:
    | 'running'
    | 'ran'
    | 'restored'
    | 'current'
    | 'failed'
    | 'retrying'
    | 'skipped'
    | 'cancelled'
    | 'left running';
  /** Milliseconds since 1970 of its last attempt. */
  started?: number;
  seconds?: number;
  estimate?: number;
  attempt?: number;
  /** Share that is done, and what it counts. */
  done?: number;
  total?: number;
  unit?: string;
  message?: string;
  readonly steps: number[];
  readonly values: Record<string, (number | null)[]>;
}

/** A stage and what became of its instances so far. */
export interface StageState {
  readonly stage: string;
  readonly total: number;
  over: number;
  running: number;
  failed: number;
}

/** A run as its events tell it. */
export interface RunState {
  run?: string;
  profile?: string;
  /** Milliseconds since 1970. */
  started?: number;
  estimate?: number;
  jobs?: number;
  isAlive: boolean;
  finished?: { readonly ok: boolean; readonly seconds: number };
  readonly stages: Map<string, StageState>;
  readonly instances: Map<string, InstanceState>;
  readonly warnings: string[];
}

export function noRun(): RunState {
  return { isAlive: false, stages: new Map(), instances: new Map(), warnings: [] };
}

/** Takes in a message; a large run has too many to copy the state for each. */
export function advance(state: RunState, message: LiveMessage): RunState {
  switch (message.type) {
    case 'run':
      return { ...noRun(), run: message.run, isAlive: state.isAlive };
    case 'alive':
      state.isAlive = message.isAlive;
      return state;
    case 'entries':
      for (const entry of message.entries) note(state, entry);
      return state;
  }
}

function note(state: RunState, entry: JournalEntry): void {
  switch (entry.type) {
    case 'run-started':
      state.profile = entry.profile;
      state.started = entry.at;
      state.jobs = entry.jobs;
      if (entry.estimate !== undefined) state.estimate = entry.estimate;
      for (const { stage, total, current } of entry.stages) {
        state.stages.set(stage, { stage, total, over: current, running: 0, failed: 0 });
      }
      return;
    case 'run-finished':
      state.finished = { ok: entry.ok, seconds: entry.seconds };
      return;
    case 'warning':
      state.warnings.push(
        entry.instance === undefined ? entry.message : `${entry.instance}: ${entry.message}`,
      );
      return;
    case 'started': {
      const { instance: id, stage, at, attempt, estimate } = entry;
      count(state, stage, { running: 1 });
      state.instances.set(id, {
        id,
        stage,
        state: 'running',
        started: at,
        attempt,
        ...(estimate === undefined ? {} : { estimate }),
        steps: [],
        values: {},
      });
      return;
    }
    case 'progress': {
      const instance = state.instances.get(entry.instance);
      if (instance === undefined) return;
      const { done, total, unit, values = {} } = entry.progress;
      Object.assign(instance, { done, total, unit });
      for (const name of Object.keys(values)) {
        instance.values[name] ??= instance.steps.map(() => null);
      }
      instance.steps.push(done);
      for (const [name, series] of Object.entries(instance.values)) {
        series.push(values[name] ?? null);
      }
      return;
    }
    case 'finished':
      end(state, entry, 'ran', { seconds: entry.seconds });
      return;
    case 'restored':
      end(state, entry, 'restored');
      return;
    case 'unchanged':
      end(state, entry, 'current');
      return;
    case 'failed': {
      const { message } = entry.failure;
      end(state, entry, entry.retry ? 'retrying' : 'failed', { message });
      return;
    }
    case 'skipped':
      end(state, entry, 'skipped', { message: `${entry.because} failed` });
      return;
    case 'cancelled':
      end(state, entry, entry.isLeft === true ? 'left running' : 'cancelled');
      return;
    default:
      return;
  }
}

function end(
  state: RunState,
  { instance: id, stage, at }: { instance: string; stage: string; at: number },
  how: InstanceState['state'],
  more: { readonly seconds?: number; readonly message?: string } = {},
): void {
  const known = state.instances.get(id);
  const isRunning = known?.state === 'running';
  const isOver = how === 'ran' || how === 'restored' || how === 'current';
  count(state, stage, {
    running: isRunning ? -1 : 0,
    over: isOver ? 1 : 0,
    failed: how === 'failed' ? 1 : 0,
  });
  const seconds =
    isRunning && known.started !== undefined ? { seconds: (at - known.started) / 1000 } : {};
  const instance = known ?? { id, stage, steps: [], values: {} };
  state.instances.set(id, Object.assign(instance, { state: how }, seconds, more));
}

function count(
  { stages }: RunState,
  name: string,
  change: Partial<Record<'running' | 'over' | 'failed', number>>,
): void {
  const stage = stages.get(name);
  if (stage === undefined) return;
  stage.running += change.running ?? 0;
  stage.over += change.over ?? 0;
  stage.failed += change.failed ?? 0;
}

/** What one looks for first: what runs, what failed, then the rest; of each the last one first. */
export function byInterest({ instances }: RunState): readonly InstanceState[] {
  const rankOf = ({ state }: InstanceState) => {
    if (state === 'running' || state === 'retrying') return 0;
    return state === 'failed' ? 1 : 2;
  };
  return [...instances.values()].reverse().sort((a, b) => rankOf(a) - rankOf(b));
}

/** Seconds until the run is over, as far as one can tell; `undefined` if not at all. */
export function secondsLeft(state: RunState, now: number): number | undefined {
  const { started, estimate } = state;
  if (started === undefined) return undefined;
  const elapsed = (now - started) / 1000;
  if (estimate !== undefined) return Math.max(0, estimate - elapsed);
  const stages = [...state.stages.values()];
  const total = stages.reduce((sum, stage) => sum + stage.total, 0);
  const over = stages.reduce((sum, stage) => sum + stage.over, 0);
  const ran = [...state.instances.values()].filter((one) => one.state === 'ran').length;
  return ran === 0 ? undefined : (elapsed / ran) * (total - over);
}

/** In words, for a heading. */
export function describe(state: RunState): string {
  const { run, finished, isAlive, instances } = state;
  if (run === undefined) return isAlive ? 'A run is starting' : 'Waiting for a run';
  if (finished !== undefined) {
    if (finished.ok) return 'Done';
    const all = [...instances.values()];
    if (all.some((one) => one.state === 'failed')) return 'Failed';
    return all.some((one) => one.state === 'left running') ? 'Detached' : 'Stopped';
  }
  return isAlive ? 'Running' : 'Interrupted';
}
