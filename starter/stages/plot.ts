import { readFileSync, writeFileSync } from 'node:fs';
import { defineStage } from '@shatter/pipe';
import { z } from 'zod';

const [width, height, margin] = [640, 400, 40];
const colors = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00'];

/** Draws the measurements and every fitted curve. */
export default defineStage({
  params: z.strictObject({ title: z.string() }),
  inputs: { table: 'one', curves: 'many' },
  outputs: { figure: 'figure.svg' },
  run({ params, inputs, outputs }) {
    const points = read(inputs.table.path);
    const curves = inputs.curves.map(({ path, axes }) => ({ points: read(path), axes }));
    const all = [...points, ...curves.flatMap((curve) => curve.points)];
    const x = scale(
      all.map(([value]) => value),
      margin,
      width - margin,
    );
    const y = scale(
      all.map(([, value]) => value),
      height - margin,
      margin,
    );
    const place = ([a, b]: Point) => `${x(a)},${y(b)}`;
    const shapes = [
      ...points.map(([a, b]) => `<circle cx="${x(a)}" cy="${y(b)}" r="3" fill="#555" />`),
      ...curves.flatMap((curve, i) => {
        const color = colors[i % colors.length];
        const line = curve.points.map(place).join(' ');
        const label = `degree ${curve.axes.degree}`;
        return [
          `<polyline points="${line}" fill="none" stroke="${color}" stroke-width="2" />`,
          `<text x="${margin}" y="${margin + 18 * (i + 1)}" fill="${color}">${label}</text>`,
        ];
      }),
    ];
    const title = `<text x="${width / 2}" y="24" text-anchor="middle">${escapeText(params.title)}</text>`;
    const attributes = `viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="14"`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${attributes}>\n${[title, ...shapes].join('\n')}\n</svg>\n`;
    writeFileSync(outputs.figure, svg);
  },
});

type Point = readonly [x: number, y: number];

function read(path: string): readonly Point[] {
  const [, ...rows] = readFileSync(path, 'utf8').trim().split('\n');
  return rows.map((row) => {
    const [x, y] = row.split(',').map(Number);
    return [x ?? 0, y ?? 0] as const;
  });
}

/** From the range of some values to that between two places. */
function scale(values: readonly number[], from: number, to: number) {
  const low = Math.min(...values);
  const high = Math.max(...values);
  return (value: number) =>
    Number((from + ((value - low) / (high - low)) * (to - from)).toFixed(1));
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
