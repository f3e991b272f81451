import protobuf from 'protobufjs';
import type { RunRecord } from '../runs/record.ts';
import { encodeRecord } from './tfrecord.ts';
import type { TrackedInstance } from './tracked.ts';

/** What is used of TensorBoard's event.proto, summary.proto, tensor.proto and, for hyperparameters, plugin_data.proto. */
const MESSAGES = protobuf.parse(`
syntax = "proto3";
message PluginData { string pluginName = 1; bytes content = 2; }
message Metadata { PluginData pluginData = 1; int32 dataClass = 4; }
message Dimension { int64 size = 1; }
message Shape { repeated Dimension dim = 2; }
message Tensor { int32 dtype = 1; Shape tensorShape = 2; repeated bytes stringVal = 8; }
message Value { string tag = 1; float simpleValue = 2; Tensor tensor = 8; Metadata metadata = 9; }
message Summary { repeated Value value = 1; }
message Event { double wallTime = 1; int64 step = 2; string fileVersion = 3; Summary summary = 5; }
message Hyperparameter { double numberValue = 2; string stringValue = 3; bool boolValue = 4; }
message SessionStart {
  map<string, Hyperparameter> hparams = 1;
  string groupName = 4;
  double startTimeSecs = 5;
}
message SessionEnd { int32 status = 1; double endTimeSecs = 2; }
message Hyperparameters { SessionStart sessionStartInfo = 3; SessionEnd sessionEndInfo = 4; }
`).root;

/** Of tensor types. */
const DT_FLOAT = 1;
const DT_STRING = 7;
/** Of states of a session. */
const SUCCESS = 1;
/** Of classes of data. */
const TENSOR = 2;

/** An event file per instance, in a folder that TensorBoard takes for a run. */
export function tensorboardFiles(
  tracked: readonly TrackedInstance[],
  { id }: RunRecord,
): ReadonlyMap<string, Uint8Array> {
  return new Map(
    tracked.map((instance) => {
      const seconds = Math.floor(instance.started / 1000);
      return [
        `${instance.folder}/events.out.tfevents.${String(seconds).padStart(10, '0')}.${id}`,
        Buffer.concat(eventsOf(instance, id).map((event) => encodeRecord(encode('Event', event)))),
      ] as const;
    }),
  );
}

function encode(name: string, message: object): Uint8Array {
  const type = MESSAGES.lookupType(name);
  return type.encode(type.fromObject(message)).finish();
}

function eventsOf(instance: TrackedInstance, run: string): readonly object[] {
  const { curve, metrics, started, finished } = instance;
  const wallTime = (milliseconds: number) => milliseconds / 1000;
  const last = curve?.steps.at(-1) ?? 0;
  return [
    { wallTime: wallTime(started), fileVersion: 'brain.Event:2' },
    { wallTime: wallTime(started), step: 0, summary: { value: textsOf(instance, run) } },
    { wallTime: wallTime(started), summary: { value: [sessionStart(instance)] } },
    ...(curve?.steps ?? []).map((step, i) => ({
      wallTime: wallTime(curve?.times[i] ?? started),
      step,
      summary: {
        value: Object.entries(curve?.values ?? {}).flatMap(([tag, values]) => {
          const simpleValue = values[i];
          return simpleValue === null ? [] : [{ tag, simpleValue }];
        }),
      },
    })),
    ...Object.entries(metrics).map(([name, simpleValue]) => ({
      wallTime: wallTime(finished),
      step: last,
      summary: { value: [{ tag: `headline/${name}`, simpleValue }] },
    })),
    { wallTime: wallTime(finished), summary: { value: [sessionEnd(instance)] } },
  ];
}

/** Params as hyperparameters, which TensorBoard shows beside metrics, and compares. */
function sessionStart({ id, params, started }: TrackedInstance): object {
  const hparams = Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, hyperparameter(value)]),
  );
  return session('session_start_info', {
    sessionStartInfo: { hparams, groupName: id, startTimeSecs: started / 1000 },
  });
}

function sessionEnd({ finished }: TrackedInstance): object {
  return session('session_end_info', {
    sessionEndInfo: { status: SUCCESS, endTimeSecs: finished / 1000 },
  });
}

function session(name: string, info: object): object {
  const content = encode('Hyperparameters', info);
  return {
    tag: `_hparams_/${name}`,
    metadata: { pluginData: { pluginName: 'hparams', content } },
    // Its content is in the metadata.
    tensor: { dtype: DT_FLOAT, tensorShape: { dim: [{}] } },
  };
}

function hyperparameter(value: string | number | boolean): object {
  if (typeof value === 'number') return { numberValue: value };
  return typeof value === 'boolean' ? { boolValue: value } : { stringValue: value };
}

/** Params and provenance as tables of Markdown, which TensorBoard shows as texts. */
function textsOf({ id, key, params, artifacts }: TrackedInstance, run: string): readonly object[] {
  const origin: [string, string][] = [
    ['instance', id],
    ['run', run],
    ['action key', key],
    ...artifacts.map(({ path, digest }): [string, string] => [path, `sha256 ${digest}`]),
  ];
  return [text('params', Object.entries(params)), text('provenance', origin)];
}

function text(
  name: string,
  rows: readonly (readonly [string, string | number | boolean])[],
): object {
  const clean = (cell: string) =>
    cell.replaceAll('\\', '\\\\').replace(/[|`]/g, '\\$&').replace(/\s+/g, ' ');
  const lines = ['| name | value |', '| --- | --- |'];
  for (const [term, value] of rows) lines.push(`| ${clean(term)} | ${clean(String(value))} |`);
  return {
    tag: `${name}/text_summary`,
    metadata: { pluginData: { pluginName: 'text' }, dataClass: TENSOR },
    tensor: {
      dtype: DT_STRING,
      tensorShape: { dim: [{ size: 1 }] },
      stringVal: [Buffer.from(lines.join('\n'))],
    },
  };
}
