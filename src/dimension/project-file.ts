import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { z } from 'zod';

/** A file that a stage reads by its path: the digest stands for its content in the action key. */
export const FILE_PARAM = z.strictObject({
  /** Absolute, or relative to the folder of pipeline.yaml. */
  file: z.string().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 digest: 64 hexadecimal digits'),
});
export type FileParam = z.infer<typeof FILE_PARAM>;

/** The absolute path of a file param; stages run in a folder inside the project. */
export function resolveFile(file: string): string {
  if (isAbsolute(file)) return file;
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'pipeline.yaml'))) return join(folder, file);
    if (folder === dirname(folder)) {
      throw new Error(
        `'${file}' is relative, and no folder above has a pipeline.yaml: give it whole`,
      );
    }
  }
}

/** @throws Error if a file is not the one whose digest the params hold */
export function checkDigest({ file, sha256 }: FileParam, digest: string): void {
  if (digest === sha256) return;
  throw new Error(
    `${file} has the SHA-256 digest ${digest}, and the params say ${sha256}: ` +
      `it was edited since; run \`npx dimension ${file}\`, or set the new digest`,
  );
}

/** Checks a file's digest and returns its path. */
export async function checkedFile(param: FileParam): Promise<string> {
  const path = resolveFile(param.file);
  const hash = createHash('sha256');
  for await (const block of createReadStream(path)) hash.update(block as Buffer);
  checkDigest(param, hash.digest('hex'));
  return path;
}
