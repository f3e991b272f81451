import type { CodeSnapshot } from '../loader/code.ts';
import type { StageCodes } from './stage-codes.ts';

/** The modules of a stage. */
export interface StageModules {
  /** Paths in the snapshot of all files that it reaches. */
  readonly files: readonly string[];
  /** Left out if they may leave something in their process that nobody can see afterwards. */
  readonly check?: ProcessCheck;
}

/** What tells whether code has left something in its process. */
export interface ProcessCheck {
  /** Modules of Node that it imports, without `node:`. */
  readonly builtins: readonly string[];
  /** Whether it changes objects by nothing but assigning to their properties. */
  readonly isAssigning: boolean;
}

/** @returns `undefined` of what is no stage file */
export function stageModules(
  { files }: CodeSnapshot,
  code: StageCodes[string] | undefined,
): StageModules | undefined {
  if (code === undefined || !('digest' in code)) return undefined;
  const { unchecked, builtins } = code;
  if (unchecked === undefined || builtins === undefined) return undefined;
  const own = Object.keys(code.files).map((path) => files[path]);
  const paths = own.map(({ output }) => output);
  if (unchecked.length > 0) return { files: paths };
  return { files: paths, check: { builtins, isAssigning: !own.some(({ reshapes }) => reshapes) } };
}
