import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CurrentColumns } from '../current/untouched.ts';
import { type Column, encodeArrowFile } from './arrow-file.ts';
import { booleans, floats, integers, moreTexts, type Rows, texts } from './columns.ts';
import type { RunRecord } from './record.ts';
import type { InstanceRun } from './recorder.ts';

/** Instances that were current and that a run had nothing to do with: what only these differ in, as columns. */
export interface UntouchedRows {
  readonly instance: Column;
  readonly stage: Column;
  readonly key: Column;
}

/** Makes these columns in several steps, between which other things go on. */
export async function encodeUntouched(columns?: CurrentColumns): Promise<UntouchedRows> {
  const { instances = [], stages = [], keys = [] } = columns ?? {};
  const encode = async (others: readonly string[]) => {
    await nextTurn();
    return texts({ count: 0, value: null, others });
  };
  return {
    instance: await encode(instances),
    stage: await encode(stages),
    key: await encode(keys),
  };
}

/**
 * A run as an Arrow table, one row per instance; first come those that nothing was found out about. What is
 * true of the whole run is repeated in every row: so the tables of many runs put together say all there is to say.
 */
export function encodeRun(
  record: RunRecord,
  untouched: UntouchedRows,
  looked: readonly InstanceRun[],
): Uint8Array {
  const { id, started, profile, commit = null, dirty = null, machine } = record;
  const count = untouched.instance.length;
  const same = <T>(value: T | null): Rows<T> => {
    return { count: count + looked.length, value, others: [] };
  };
  const own = <T>(value: T | null, pick: (run: InstanceRun) => T | undefined): Rows<T> => {
    return { count, value, others: looked.map((run) => pick(run) ?? null) };
  };
  const columns = {
    run: texts(same(id)),
    started: texts(same(started)),
    profile: texts(same(profile)),
    commit: texts(same(commit)),
    dirty: booleans(same(dirty)),
    host: texts(same(machine.host)),
    cpu: texts(same(machine.cpu)),
    cores: integers(same(machine.cores)),
    node: texts(same(machine.node)),
    instance: moreTexts(
      untouched.instance,
      looked.map(({ instance }) => instance),
    ),
    stage: moreTexts(
      untouched.stage,
      looked.map(({ stage }) => stage),
    ),
    status: texts(own('current', ({ status }) => status)),
    key: moreTexts(
      untouched.key,
      looked.map(({ key }) => key ?? null),
    ),
    attempts: integers(own(0, ({ attempts }) => attempts)),
    begin: floats(own(null, ({ begin }) => begin)),
    seconds: floats(own(null, ({ seconds }) => seconds)),
    cpuSeconds: floats(own(null, ({ cpuSeconds }) => cpuSeconds)),
    peakMemory: floats(own(null, ({ peakMemory }) => peakMemory)),
    worker: floats(own(null, ({ worker }) => worker)),
    metrics: texts(own(null, ({ metrics }) => metrics && JSON.stringify(metrics))),
    message: texts(own(null, ({ message }) => message)),
  };
  return encodeArrowFile(columns, { madeBy: 'pipe run', run: id });
}
