import protobuf from 'protobufjs/light.js';
import type { RunRecord } from '../runs/record.ts';
import { encodeRecord } from './tfrecord.ts';
import type { TrackedInstance } from './tracked.ts';

/** The part of TensorBoard's event.proto, summary.proto and tensor.proto that is used. */
const MESSAGES = protobuf.Root.fromJSON({
  nested: {
    PluginData: { fields: { pluginName: { type: 'string', id: 1 } } },
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
  },
});
const EVENT = MESSAGES.lookupType('Event');

/** Of tensor types. */
const DT_STRING = 7;
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
        Buffer.concat(eventsOf(instance, id).map((event) => encodeRecord(encodeEvent(event)))),
      ] as const;
    }),
  );
}

function encodeEvent(event: object): Uint8Array {
  return EVENT.encode(EVENT.fromObject(event)).finish();
}

function eventsOf(instance: TrackedInstance, run: string): readonly object[] {
  const { curve, metrics, started, finished } = instance;
  const wallTime = (milliseconds: number) => milliseconds / 1000;
  const last = curve?.steps.at(-1) ?? 0;
  return [
    { wallTime: wallTime(started), fileVersion: 'brain.Event:2' },
    { wallTime: wallTime(started), step: 0, summary: { value: textsOf(instance, run) } },
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
  ];
}

/** Params and provenance as tables of Markdown, which TensorBoard shows as texts. */
function textsOf({ id, key, params, artifacts }: TrackedInstance, run: string): readonly object[] {
  const origin = [
    ['instance', id],
    ['run', run],
    ['action key', key],
    ...artifacts.map(({ path, digest }) => [path, `sha256 ${digest}`]),
  ];
  return [text('params', Object.entries(params)), text('provenance', origin)];
}

function text(name: string, rows: readonly (readonly string[])[]): object {
  const clean = (cell: string) =>
    cell.replaceAll('\\', '\\\\').replace(/[|`]/g, '\\$&').replace(/\s+/g, ' ');
  const lines = ['| name | value |', '| --- | --- |'];
  for (const [term, value] of rows) lines.push(`| ${clean(term)} | ${clean(value)} |`);
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
