import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Weights of the project's font. */
export type Weight = 400 | 600;

export const FONT_FAMILY = 'Source Sans 3';

const require = createRequire(import.meta.url);
const folder = dirname(require.resolve('@expo-google-fonts/source-sans-3/package.json'));

function fileOf(name: string): string {
  return join(folder, name, `SourceSans3_${name}.ttf`);
}

/** The font's files. */
export const FONT_FILES: Readonly<Record<Weight, string>> = {
  400: fileOf('400Regular'),
  600: fileOf('600SemiBold'),
};
