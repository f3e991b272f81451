import { sha256 } from '../core/checksummed-json.mjs';
import { type PipelineFiles, readPipelineFiles } from './files.ts';
import type { StageCodes } from './graph.ts';
import { DEFAULT_PROFILE } from './spec.ts';

/** Raised when plan.ts writes graphs in another form: those of former versions are then not found. */
const PLAN_FORMAT = 10;

/** Digest of the code of each stage file that a graph uses; empty where the code cannot be known. */
export type ModuleCodes = Readonly<Record<string, string>>;

/** What a graph is declared by, besides the files. */
export interface DeclarationOptions {
  readonly profile?: string;
  /** `path=value` each, as given to `--set`. */
  readonly sets?: readonly string[];
}

/**
 * Digest of all that a graph is declared by: the pipeline file, its groups' files, the profile and the
 * `--set`s. With the code of the stages it decides the graph.
 */
export function declarationOf(
  files: PipelineFiles,
  { profile = DEFAULT_PROFILE, sets = [] }: DeclarationOptions,
): string {
  const parts = [sha256(files.text), JSON.stringify(files.groups), profile, JSON.stringify(sets)];
  return sha256(JSON.stringify([PLAN_FORMAT, ...parts]));
}

/** The same of a project; `undefined` when its pipeline file cannot be read. */
export function readDeclaration(root: string, options: DeclarationOptions): string | undefined {
  const files = readPipelineFiles(root);
  return 'message' in files ? undefined : declarationOf(files, options);
}

export function codesOf(modules: Iterable<string>, codes: StageCodes): ModuleCodes {
  const digests: Record<string, string> = {};
  for (const name of modules) {
    const code = codes[name];
    digests[name] = code !== undefined && 'digest' in code ? code.digest : '';
  }
  return digests;
}
