import { expect, test } from 'vitest';
import { reconstructionErrors } from '../../../src/studies/binding/reconstruction.ts';
import { SETTINGS } from './settings.ts';

test('sums of two vectors per part explain what is bound by place, and no code without parts', () => {
  const rows = reconstructionErrors(SETTINGS);
  const at = (encoder: string, composition: string) =>
    rows.find((row) => row.encoder === encoder && row.composition === composition);
  expect(at('bound', 'addition by place')?.error).toBeLessThan(1e-12);
  expect(at('bound', 'addition by place')?.unseen).toBeLessThan(1e-12);
  expect(at('random', 'addition by place')?.error).toBeGreaterThan(0.4);
  expect(at('random', 'addition by place')?.unseen).toBeGreaterThan(1);
  // Eight pairs (a, a) have a sum of their own; the others share it with (b, a).
  expect(at('bag', 'addition')?.distinct).toBe(8 / 64);
});
