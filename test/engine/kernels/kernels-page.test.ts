import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tf } from '../../../src/engine/index.ts';
import { activations } from '../../../src/engine/kernels/activations.ts';
import { convolution } from '../../../src/engine/kernels/convolution.ts';
import { creation } from '../../../src/engine/kernels/creation.ts';
import { elementwise } from '../../../src/engine/kernels/elementwise.ts';
import { extremes } from '../../../src/engine/kernels/extremes.ts';
import { images } from '../../../src/engine/kernels/images.ts';
import { indexing } from '../../../src/engine/kernels/indexing.ts';
import { joining } from '../../../src/engine/kernels/joining.ts';
import { layout } from '../../../src/engine/kernels/layout.ts';
import { normalisation } from '../../../src/engine/kernels/normalisation.ts';
import { pooling } from '../../../src/engine/kernels/pooling.ts';
import { products } from '../../../src/engine/kernels/products.ts';
import { reductions } from '../../../src/engine/kernels/reductions.ts';
import { kernels } from '../../../src/engine/kernels/table.ts';

const FAMILIES = {
  elementwise,
  activations,
  reductions,
  extremes,
  products,
  convolution,
  pooling,
  images,
  normalisation,
  layout,
  joining,
  indexing,
  creation,
} as const;

function cell(name: string): string {
  return tf.getGradient(name) ? `${name}\u00a0∂` : name;
}

/** The table of docs/backend.md that starts with `| family`. */
function table(): string {
  const rows = Object.entries(FAMILIES).map(
    ([family, own]) => `| ${family} | ${Object.keys(own).map(cell).join(', ')} |`,
  );
  const absent = tf
    .getKernelsForBackend('cpu')
    .map(({ kernelName }) => kernelName)
    .filter((name) => !(name in kernels))
    .sort();
  return [
    '| family | kernels |',
    '| --- | --- |',
    ...rows,
    `| tfjs's own, on its cpu backend (${absent.length}) | ${absent.join(', ')} |`,
  ].join('\n');
}

test('docs/backend.md lists the kernels of the engine and those of the cpu backend', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/backend.md'), 'utf8');
  const from = page.indexOf('| family |');
  const to = page.indexOf('\n\n', from);
  expect(page.slice(from, to)).toBe(table());
});

test('the families make up the whole table', () => {
  const all = Object.values(FAMILIES).flatMap((own) => Object.keys(own));
  expect(all.sort()).toEqual(Object.keys(kernels).sort());
});
