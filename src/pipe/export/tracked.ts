import type { ActionKey, Digest } from '../core/digest.ts';
import type { Json } from '../core/json.ts';
import type { Curve } from '../runs/curves.ts';
import { folderOf, type Provenance } from './provenance.ts';

/** An instance as trackers of experiments know runs. */
export interface TrackedInstance {
  readonly id: string;
  /** Path below the export: `train/model=small,seed=1`. */
  readonly folder: string;
  /** Nested params by their path, `encoder.layers`; lists and what is null as JSON. */
  readonly params: Readonly<Record<string, string | number | boolean>>;
  /** Headline metrics. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly curve: Curve | undefined;
  readonly key: ActionKey;
  readonly artifacts: readonly { readonly path: string; readonly digest: Digest }[];
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly finished: number;
}

/** The instances of a run, for trackers of experiments. */
export function trackedInstances(
  { instances }: Provenance,
  curves: ReadonlyMap<ActionKey, Curve>,
): readonly TrackedInstance[] {
  return instances.map(({ instance: id, key, fingerprint, files, metrics, seconds, finished }) => {
    const end = Date.parse(finished);
    return {
      id,
      folder: folderOf(id).replace(/^artifacts\//, ''),
      params: flatten(fingerprint.params),
      metrics: Object.fromEntries(Object.entries(metrics).map(([name, [value]]) => [name, value])),
      curve: curves.get(key),
      key,
      artifacts: files.map(({ path, digest }) => ({ path, digest })),
      started: end - seconds * 1000,
      finished: end,
    };
  });
}

function flatten(params: Json, path = ''): Record<string, string | number | boolean> {
  if (typeof params !== 'object' || params === null || Array.isArray(params)) {
    const value = typeof params === 'object' ? JSON.stringify(params) : params;
    return { [path === '' ? 'value' : path]: value };
  }
  return Object.assign(
    {},
    ...Object.entries(params).map(([name, value]) =>
      flatten(value, path === '' ? name : `${path}.${name}`),
    ),
  ) as Record<string, string | number | boolean>;
}
