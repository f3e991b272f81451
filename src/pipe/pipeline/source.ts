import { sha256 } from '../core/sealed.mjs';
import { type PipelineFiles, readPipelineFiles } from './files.ts';
import type { GraphKey, StageCodes } from './graph.ts';
import { DEFAULT_PROFILE } from './spec.ts';

/** Raised when plan.ts writes graphs in another form: those of former versions are then not found. */
export const PLAN_FORMAT = 6;

/** What a graph is known by before it is made. */
export type GraphSource = Omit<GraphKey, 'plan'>;

/** Digest of the code of each stage file that a graph uses. */
export type ModuleCodes = Readonly<Record<string, string>>;

export interface SourceOptions {
  /** The project's root. */
  readonly root: string;
  readonly profile?: string;
  /** `path=value` each, as given to `--set`. */
  readonly sets?: readonly string[];
  /** The code of every stage file there is. */
  readonly codes: StageCodes;
}

/** What the graph would be made from; `undefined` when the pipeline file cannot be read. */
export function graphSource(options: SourceOptions): GraphSource | undefined {
  const files = readPipelineFiles(options.root);
  return 'message' in files ? undefined : sourceOf(files, options);
}

/** The same, where the files have been read. */
export function sourceOf(
  files: PipelineFiles,
  { profile = DEFAULT_PROFILE, sets = [], codes }: SourceOptions,
): GraphSource {
  const parts = [sha256(files.text), JSON.stringify(files.groups), profile, JSON.stringify(sets)];
  const declaration = sha256(JSON.stringify([PLAN_FORMAT, ...parts]));
  const origin = sha256(JSON.stringify([declaration, codesOf(Object.keys(codes), codes)]));
  return { declaration, origin };
}

export function codesOf(modules: readonly string[], codes: StageCodes): ModuleCodes {
  return Object.fromEntries(modules.map((name) => [name, digestOf(codes[name])]));
}

/** Empty where the code cannot be known. */
function digestOf(code: StageCodes[string] | undefined): string {
  return code !== undefined && 'digest' in code ? code.digest : '';
}
