import { svgText } from './sheet.ts';

/** A table of numbers to draw as a heat map. */
interface HeatMap {
  readonly heading: string;
  /** Row-major, from 0 up. // [rows, columns] */
  readonly values: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
  /** The value that is drawn at full strength; by default the largest. */
  readonly strongest?: number;
}

/** Place and size of a heat map's cells, in units of the SVG. */
interface HeatMapPlace {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Number of shades; one path per shade keeps the SVG of a large table small. */
const SHADES = 16;

/**
 * Draws a heat map, the first row on top: the larger the value, the stronger the ink; zero is paper.
 * Ink on paper reads the same in light, dark and grey.
 */
export function drawHeatMap(map: HeatMap, { x, y, width, height }: HeatMapPlace): string {
  const { heading, values, rows, columns } = map;
  const strongest = map.strongest ?? largestOf(values);
  const [cellWidth, cellHeight] = [width / columns, height / rows];
  const paths: string[] = Array.from({ length: SHADES + 1 }, () => '');
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const share = strongest === 0 ? 0 : values[row * columns + column] / strongest;
      const shade = Math.round(Math.min(1, Math.max(0, share)) * SHADES);
      const at = `${short(x + column * cellWidth)},${short(y + row * cellHeight)}`;
      paths[shade] += `M${at}h${short(cellWidth)}v${short(cellHeight)}h-${short(cellWidth)}z`;
    }
  }
  const cells = paths.flatMap((path, shade) =>
    shade === 0 || path === ''
      ? []
      : [`<path d="${path}" fill="currentColor" fill-opacity="${short(shade / SHADES)}"/>`],
  );
  return [
    svgText(heading, x, y - 6, 'class="heading"'),
    `<g shape-rendering="crispEdges">${cells.join('')}</g>`,
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="none" stroke="currentColor" stroke-opacity="0.4"/>`,
  ].join('\n');
}

/** The scale of heat maps: paper is `least`, full ink `most`. Right-aligned at x. */
export function drawHeatScale(
  { least, most }: { readonly least: string; readonly most: string },
  x: number,
  y: number,
): string {
  const [width, height] = [8, 12];
  const left = x - SHADES * width;
  const cells = Array.from(
    { length: SHADES },
    (_, shade) =>
      `<rect x="${left + shade * width}" y="${y}" width="${width}" height="${height}" fill="currentColor" fill-opacity="${short((shade + 1) / SHADES)}"/>`,
  );
  return [
    ...cells,
    svgText(least, left, y + height + 14, 'class="subtitle"'),
    svgText(most, x, y + height + 14, 'class="subtitle" text-anchor="end"'),
  ].join('\n');
}

function short(value: number): string {
  return String(Number(value.toFixed(3)));
}

function largestOf(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, values[i]);
  return most;
}
