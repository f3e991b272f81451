import { expect, test } from 'vitest';
import { drawHeatMap } from '../../src/plots/heat-map.ts';
import { renderPng, sheetSvg } from '../../src/plots/sheet.ts';

const place = { x: 0, y: 0, width: 20, height: 20 };

test('a cell is drawn where it stands, as strong as its value', () => {
  const svg = drawHeatMap({ heading: 'h', values: [0, 1, 0.5, 0], rows: 2, columns: 2 }, place);
  expect(svg).toContain('<path d="M10,0h10v10h-10z" fill="currentColor" fill-opacity="1"/>');
  expect(svg).toContain('<path d="M0,10h10v10h-10z" fill="currentColor" fill-opacity="0.5"/>');
  expect(svg.match(/<path/g)).toHaveLength(2);
});

test('values beyond the strongest are drawn at full strength, and zeros are paper', () => {
  const svg = drawHeatMap(
    { heading: 'h', values: [4, 2, 1, -1], rows: 1, columns: 4, strongest: 2 },
    place,
  );
  expect(svg).toContain('M0,0h5v20h-5zM5,0h5v20h-5z" fill="currentColor" fill-opacity="1"');
  expect(svg.match(/<path/g)).toHaveLength(2);
});

test('a table of zeros has a frame and no cells', () => {
  const svg = drawHeatMap({ heading: 'h', values: [0, 0], rows: 1, columns: 2 }, place);
  expect(svg).not.toContain('<path');
  expect(svg).toContain('<rect');
});

test('a sheet with markup in its title is a picture', () => {
  const sheet = { title: 'a < b & "c"', subtitle: [], width: 40, height: 80 };
  const png = renderPng(sheetSvg(sheet, [], 'light'));
  expect([...png.slice(1, 4)]).toEqual([...Buffer.from('PNG')]);
});
