import protobuf from 'protobufjs/light.js';
import type { RunRecord } from '../runs/record.ts';
import { encodeRecord } from './tfrecord.ts';
import type { TrackedInstance } from './tracked.ts';

/** What is used of TensorBoard's event.proto, summary.proto, tensor.proto and, for hyperparameters, plugin_data.proto. */
const MESSAGES = protobuf.Root.fromJSON({
  nested: {
    PluginData: {
      fields: { pluginName: { type: 'string', id: 1 }, content: { type: 'bytes', id: 2 } },
    },
    Metadata: {
      fields: { pluginData: { type: 'PluginData', id: 1 }, dataClass: { type: 'int32', id: 4 } },
    },
    Dimension: { fields: { size: { type: 'int64', id: 1 } } },
    Shape: { fields: { dim: { rule: 'repeated', type: 'Dimension', id: 2 } } },
    Tensor: {
      fields: {
        dtype: { type: 'int32', id: 1 },
        tensorShape: { type: 'Shape', id: 2 },
        stringVal: { rule: 'repeated', type: 'bytes', id: 8 },
      },
    },
    Value: {
      fields: {
        tag: { type: 'string', id: 1 },
        simpleValue: { type: 'float', id: 2 },
        tensor: { type: 'Tensor', id: 8 },
        metadata: { type: 'Metadata', id: 9 },
      },
    },
    Summary: { fields: { value: { rule: 'repeated', type: 'Value', id: 1 } } },
    Event: {
      fields: {
        wallTime: { type: 'double', id: 1 },
        step: { type: 'int64', id: 2 },
        fileVersion: { type: 'string', id: 3 },
        summary: { type: 'Summary', id: 5 },
      },
    },
    Hyperparameter: {
      fields: {
        numberValue: { type: 'double', id: 2 },
        stringValue: { type: 'string', id: 3 },
        boolValue: { type: 'bool', id: 4 },
      },
    },
    // An entry of a map, as it is on the wire.
    NamedHyperparameter: {
      fields: { key: { type: 'string', id: 1 }, value: { type: 'Hyperparameter', id: 2 } },
    },
    SessionStart: {
      fields: {
        hparams: { rule: 'repeated', type: 'NamedHyperparameter', id: 1 },
        groupName: { type: 'string', id: 4 },
        startTimeSecs: { type: 'double', id: 5 },
      },
    },
    SessionEnd: {
      fields: { status: { type: 'int32', id: 1 }, endTimeSecs: { type: 'double', id: 2 } },
    },
    Hyperparameters: {
      fields: {
        sessionStartInfo: { type: 'SessionStart', id: 3 },
        sessionEndInfo: { type: 'SessionEnd', id: 4 },
      },
    },
  },
});

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
  const hparams = Object.entries(params).map(([key, value]) => ({
    key,
    value: hyperparameter(value),
  }));
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
