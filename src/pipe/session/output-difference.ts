import type { Cache } from '../cache/cache.ts';
import type { OutputRecord } from '../cache/fingerprint.ts';
import { manifestFile, parseTree, type TreeFile } from '../cache/tree.ts';
import { firstDifference } from '../disk/first-difference.ts';

/** An output with different bytes from the same code, params and inputs. */
export interface OutputDifference {
  readonly before: OutputRecord;
  readonly after: OutputRecord;
  /** Offset of the first byte that differs; `undefined` when no byte does, or what was there before is lost. */
  readonly at: number | undefined;
  /** In a folder, the first file that differs, or that only one of the two has. */
  readonly file?: string;
}

/**
 * Compares outputs that were made again with those before.
 * @param madeOf path of one that was made again
 */
export async function compareOutputs(
  cache: Cache,
  before: readonly OutputRecord[],
  again: readonly OutputRecord[],
  madeOf: (output: OutputRecord) => string,
): Promise<readonly OutputDifference[]> {
  const differences: OutputDifference[] = [];
  for (const after of again) {
    const old = before.find(({ name }) => name === after.name);
    if (old === undefined || old.digest === after.digest) continue;
    const where = await whereDifferent(cache, old, madeOf(after), after);
    differences.push({ before: old, after, ...where });
  }
  return differences;
}

/**
 * Finds the first difference between an output in the store and one that was made again.
 * @param made where that is, its manifest beside it
 */
async function whereDifferent(
  { disk, outputs, paths }: Cache,
  before: OutputRecord,
  made: string,
  after: OutputRecord,
): Promise<Pick<OutputDifference, 'at' | 'file'>> {
  if ((await outputs.check(before)) !== 'sound') return { at: undefined };
  const blob = paths.blob(before.digest);
  if (before.tree === undefined && after.tree === undefined) {
    return { at: await firstDifference(disk, blob, made) };
  }
  const old = outputs.treeOf(before)?.files ?? [];
  const now = parseTree(disk.read(manifestFile(made))?.toString('utf8') ?? '')?.files ?? [];
  const file = firstUnequal(old, now);
  if (file === undefined) return { at: 0, file: '' };
  const [from, to] = [old, now].map((files) => files.find(({ path }) => path === file));
  if (from === undefined || to === undefined) return { at: 0, file };
  return { at: await firstDifference(disk, paths.blob(from.digest), `${made}/${file}`), file };
}

function firstUnequal(a: readonly TreeFile[], b: readonly TreeFile[]): string | undefined {
  const [left, right] = [a, b].map(
    (files) => new Map(files.map((file) => [file.path, `${file.digest} ${file.isExecutable}`])),
  );
  const paths = [...new Set([...left.keys(), ...right.keys()])].sort();
  return paths.find((path) => left.get(path) !== right.get(path));
}
