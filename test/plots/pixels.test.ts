import { expect, test } from 'vitest';
import { renderPixels } from '../../src/plots/pixels.ts';

test('an SVG becomes one plane per colour, row by row', () => {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="2" height="3"><rect width="2" height="3" fill="#102030"/><rect y="1" width="1" height="1" fill="#ff8000"/></svg>';
  const at = (base: number, other: number) => [base, base, other, base, base, base];
  expect([...renderPixels(svg)]).toEqual([...at(0x10, 0xff), ...at(0x20, 0x80), ...at(0x30, 0x00)]);
});
