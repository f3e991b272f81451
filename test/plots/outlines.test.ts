import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { outlineText } from '../../src/plots/outlines.ts';
import { renderPng } from '../../src/plots/sheet.ts';

const STYLES = { size: 10, classes: { big: { size: 20, bold: true } } } as const;

function outlined(content: string) {
  const svg = outlineText(
    `<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20" text-anchor="start">${content}</svg>`,
    STYLES,
  );
  const { document } = parseHTML(svg);
  const places = [...document.querySelectorAll('use')].map((use) => ({
    letter: use.getAttribute('href')?.slice(1),
    x: Number(use.getAttribute('x')),
    y: Number(use.getAttribute('y')),
  }));
  return { svg, document, places };
}

describe('text as outlines', () => {
  test('stores a letter once, and keeps what was written as a label', () => {
    const { document, places } = outlined('<text x="1" y="10">noon</text>');
    expect(document.querySelectorAll('text')).toHaveLength(0);
    expect(document.querySelector('g.text')?.getAttribute('aria-label')).toBe('noon');
    expect(document.querySelectorAll('defs path')).toHaveLength(2);
    expect(places.map(({ letter }) => letter)).toEqual(
      [0, 1, 1, 0].map((i) => [places[0].letter, places[1].letter][i]),
    );
    expect(places.map(({ x }) => x)).toEqual(places.map(({ x }) => x).sort((a, b) => a - b));
    expect(new Set(places.map(({ y }) => y))).toEqual(new Set([10]));
  });

  test('ends, centres and shifts text as its attributes and those around it say', () => {
    const at = (attributes: string) => outlined(`<text y="10" ${attributes}>mm</text>`).places;
    const [start, end, middle] = ['start', 'end', 'middle'].map((anchor) =>
      at(`x="30" text-anchor="${anchor}"`),
    );
    const width = 2 * (start[1].x - start[0].x);
    expect(start[0].x).toBe(30);
    expect(end[0].x).toBeCloseTo(30 - width, 1);
    expect(middle[0].x).toBeCloseTo(30 - width / 2, 1);
    const inherited = outlined('<g text-anchor="end"><text x="30" y="10">mm</text></g>').places;
    expect(inherited).toEqual(end);
    expect(at('x="30" dx="3" dy="0.5em"')[0]).toMatchObject({ x: 33, y: 15 });
  });

  test('takes size and weight from a class, and lines from tspans', () => {
    const { places } = outlined(
      '<text x="0" y="10">m</text><text class="big" x="0" y="10">m</text>',
    );
    expect(places[0].letter).toMatch(/^g400-10-/);
    expect(places[1].letter).toMatch(/^g600-20-/);
    const lines = outlined(
      '<text><tspan x="5" y="1em">m</tspan><tspan x="5" dy="1em">m</tspan></text>',
    ).places;
    expect(lines.map(({ x, y }) => [x, y])).toEqual([
      [5, 10],
      [5, 20],
    ]);
  });

  test('needs no font to be drawn', () => {
    const drawn = renderPng(outlined('<text x="1" y="10">text</text>').svg);
    const empty = renderPng(outlined('').svg);
    expect(Buffer.from(drawn).equals(Buffer.from(empty))).toBe(false);
  });

  test('leaves text with a letter that the font lacks as it is', () => {
    const { document } = outlined('<text x="1" y="10">漢</text><text x="1" y="20">a</text>');
    expect(document.querySelectorAll('text')).toHaveLength(1);
    expect(document.querySelectorAll('g.text')).toHaveLength(1);
  });
});
