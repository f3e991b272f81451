import type { Coordinates } from './contract.ts';
import type { RawInput } from './graph.ts';
import { fillIn } from './templates.ts';

/** Raw inputs with the coordinates of an instance filled in. */
export function fillInAll(raw: readonly RawInput[], axes: Coordinates): readonly RawInput[] {
  return raw.map((one) => {
    if (!('files' in one.source)) return one;
    const files = fillIn(one.source.files, ({ text }) => String(axes[text] ?? `{${text}}`));
    return files === one.source.files ? one : { ...one, source: { files } };
  });
}
