import { extname } from 'node:path';
import type { Metrics } from '../../cache/metrics.ts';
import { present } from '../../core/collections.ts';
import type { Json } from '../../core/json.ts';
import type { CodeManifest } from '../../explain/code-manifests.ts';
import type { Coordinates } from '../../pipeline/contract.ts';
import type { Curve } from '../../runs/curves.ts';
import type { ReportInput } from '../input.ts';
import type { ReportedFile } from '../results.ts';
import type { GenericPage } from '../site.ts';

/** Characters of a log that are shown, its end. */
const LOG = 50_000;

/** Characters of all logs, and of all texts. */
const TEXTS = 8e6;

const TEXT_ENDINGS = new Set(['.json', '.jsonl', '.md', '.txt', '.csv', '.tsv', '.yaml', '.log']);

/** Bytes of a text artifact that is shown. */
const TEXT = 100_000;

/** One instance on the page. */
export interface InstanceEntry {
  readonly id: string;
  readonly stage: string;
  readonly axes: Coordinates;
  readonly state: 'current' | 'outdated' | 'missing';
  /** Why it is not current. */
  readonly reason?: string;
  readonly params: Json;
  readonly metrics: Metrics;
  readonly seconds?: number;
  /** ISO time. */
  readonly finished?: string;
  readonly key?: string;
  /** Path of the stage file. */
  readonly module: string;
  /** Words of the command that runs instead of a stage file. */
  readonly command?: readonly string[];
  /** Digest of its code. */
  readonly code?: string;
  readonly inputs: readonly {
    readonly name: string;
    readonly sources: readonly { readonly instance: string; readonly output: string }[];
    /** Of a single one. */
    readonly digest?: string;
  }[];
  readonly files: readonly {
    readonly name: string;
    readonly output: string;
    readonly digest: string;
    readonly size: number;
    /** Whether the data has its text. */
    readonly isText?: true;
  }[];
  readonly hasLog?: true;
  readonly hasCurve?: true;
}

/** Code, by digest. */
export type CodeEntries = Readonly<Record<string, CodeManifest>>;

/** Curves of one stage, by instance. */
export type StageCurves = Readonly<Record<string, Curve>>;

/** Params, metrics, provenance, log and texts of every instance. */
export function instancesPage(input: ReportInput, readText: (path: string) => string): GenericPage {
  const { graph, results, reasons, fingerprintOf, manifestOf, curves, logOf } = input;
  const resultOf = new Map(results.map((result) => [result.instance.id, result]));
  const codes: Record<string, CodeManifest> = {};
  const logs: Record<string, string> = {};
  const texts: Record<string, string> = {};
  let left = TEXTS;
  const keep = (store: Record<string, string>, name: string, text: string) => {
    if (text.length > left) return false;
    left -= text.length;
    store[name] = text;
    return true;
  };
  const entries = graph.instances.map((instance): InstanceEntry => {
    const { id, stage, axes, params, module, command, inputs } = instance;
    const result = resultOf.get(id);
    const fingerprint = result && fingerprintOf(result.key);
    const code = fingerprint?.code;
    if (code !== undefined && !Object.hasOwn(codes, code)) {
      const { files = {}, packages = {}, tools } = manifestOf(code) ?? {};
      codes[code] = { files, packages, ...(tools && { tools }) };
    }
    const log = logOf(id)?.trimEnd();
    const hasLog = log !== undefined && log !== '' && keep(logs, id, log.slice(-LOG));
    const digestOf = (name: string) => {
      const own = fingerprint?.inputs.find((one) => one.name === name);
      return own !== undefined && 'digest' in own ? { digest: own.digest } : {};
    };
    const { key, seconds, finished } = result ?? {};
    return present({
      id,
      stage,
      axes,
      state: result === undefined ? 'missing' : result.isOutdated ? 'outdated' : 'current',
      reason: reasons.get(id),
      params,
      metrics: result?.metrics ?? {},
      seconds,
      finished: finished === undefined ? undefined : new Date(finished).toISOString(),
      key,
      module: `stages/${module}.ts`,
      command: command?.argv,
      code,
      inputs: inputs.map(({ name, sources }) => ({
        name,
        sources: sources.map((source) => ({ instance: source.instance, output: source.output })),
        ...digestOf(name),
      })),
      files: (result?.files ?? []).map((file) => {
        const { path, ...known } = file;
        const isKept = isText(file) && keep(texts, `${id}/${file.name}`, readText(path));
        return isKept ? { ...known, isText: true as const } : known;
      }),
      hasLog: hasLog ? (true as const) : undefined,
      hasCurve: key !== undefined && curves.has(key) ? (true as const) : undefined,
    });
  });
  const data = { instances: entries, codes, logs, texts, ...curvesByStage(input) };
  return {
    slug: 'instances',
    title: 'Instances',
    html: '<div data-view="instances"></div>',
    data: data as unknown as Record<string, Json>,
  };
}

/** Names of data `curves/<stage>`. */
export function curvesByStage({ results, curves }: ReportInput): Record<string, StageCurves> {
  const stages: Record<string, Record<string, Curve>> = {};
  for (const { instance, key } of results) {
    const curve = curves.get(key);
    if (curve === undefined) continue;
    const name = `curves/${instance.stage}`;
    stages[name] ??= {};
    stages[name][instance.id] = curve;
  }
  return stages;
}

function isText({ name, size }: ReportedFile): boolean {
  return size <= TEXT && TEXT_ENDINGS.has(extname(name).toLowerCase());
}
