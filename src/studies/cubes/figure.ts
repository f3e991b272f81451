import * as Plot from '@observablehq/plot';
import { meanOverSeeds } from '../../claims/spread.ts';
import { drawPanel, type Panel } from '../../plots/figure.ts';
import { drawHeatMap, drawHeatScale } from '../../plots/heat-map.ts';
import { rampStyles, type Style } from '../../plots/palette.ts';
import { MARGIN, type Scheme, sheetSvg, topOf } from '../../plots/sheet.ts';
import { AMBER, curve, MAGENTA, MARGINS } from '../drawing.ts';
import { COLOURS, captionOf } from './captions.ts';
import { heightsOf } from './claims.ts';
import { sceneOf } from './pictures.ts';
import { flatFill, sceneSvg } from './scene.ts';
import type { AccuracyRow, CellRow, CubesEvidence, Run } from './tables.ts';

const MATRIX = 150;
/** Room for a matrix with its heading above and its captions below. */
const MATRIX_PLACE = { width: MATRIX + 22, height: MATRIX + 66 } as const;
const PER_ROW = 5;
const PANEL_SIZE = { width: 470, height: 400 } as const;

/** The matrices of the six orders of red, green and blue, and accuracy by dimension. */
export function cubesFigure(evidence: CubesEvidence, scheme: Scheme): string {
  const { accuracy, cells } = evidence;
  const seeds = new Set(accuracy.map(({ seed }) => seed)).size;
  const subtitle = [
    'matrices: each row is a picture with its order of red, green and blue, each column a caption; softmax over the captions, mean of seeds',
    `accuracy: share of pictures whose own caption has the highest score of all n! orders; ${seeds} seeds, a dot each`,
  ];
  const models = modelsOf(cells);
  const top = topOf({ subtitle });
  const rows = Math.ceil(models.length / PER_ROW);
  const left = MARGIN + MATRIX / 6 + 6;
  const matrices = models.map((model, i) => {
    const x = left + (i % PER_ROW) * MATRIX_PLACE.width;
    const y = top + 18 + Math.floor(i / PER_ROW) * MATRIX_PLACE.height;
    return matrixAt(
      cells.filter((cell) => isOf(cell, model)),
      nameOf(model),
      x,
      y,
      i % PER_ROW === 0,
    );
  });
  const panelX = left + Math.min(PER_ROW, models.length) * MATRIX_PLACE.width + 8;
  const styles = rampStyles(heightsOf(accuracy));
  const height = Math.max(
    top + rows * MATRIX_PLACE.height + MARGIN + 44,
    top + PANEL_SIZE.height + 22 + MARGIN,
  );
  return sheetSvg(
    {
      title: 'Which cube is on top? Orders of stacked cubes, told apart or not',
      subtitle,
      width: panelX + PANEL_SIZE.width + MARGIN,
      height,
      styles: [...styles.values(), AMBER, MAGENTA],
    },
    [
      ...matrices,
      drawHeatScale(
        { least: '0', most: '1' },
        left + MATRIX,
        top + rows * MATRIX_PLACE.height + 12,
      ),
      drawPanel(accuracyPanel(accuracy, styles), PANEL_SIZE, panelX, top),
    ],
    scheme,
  );
}

/** The matrix of a model, its pictures beside it if it is the first of a row, its captions below. */
function matrixAt(
  cells: readonly CellRow[],
  heading: string,
  x: number,
  y: number,
  hasPictures: boolean,
): string {
  const orders = [...new Set(cells.map(({ picture }) => picture))];
  const n = orders.length;
  const values = orders.flatMap((picture) =>
    orders.map((caption) =>
      meanOverSeeds(
        cells
          .filter((cell) => cell.picture === picture && cell.caption === caption)
          .map(({ share }) => share),
      ),
    ),
  );
  const cell = MATRIX / n;
  const map = { heading, values, rows: n, columns: n, strongest: 1 };
  return [
    drawHeatMap(map, { x, y, width: MATRIX, height: MATRIX }),
    ...orders.flatMap((order, i) => [
      ...(hasPictures ? [pictureAt(order, x - cell - 4, y + i * cell, cell - 1)] : []),
      captionAt(order, x + (i + 0.5) * cell, y + MATRIX + 4),
    ]),
  ].join('\n');
}

function coloursOf(order: string): readonly number[] {
  return order.split(' ').map((name) => COLOURS.indexOf(name as never));
}

/** A picture of an order as the models see it. */
function pictureAt(order: string, x: number, y: number, size: number): string {
  const scene = sceneOf('test', captionOf(coloursOf(order)), 0, 1);
  return `<svg x="${x}" y="${y}" width="${size}" height="${size}">${sceneSvg(scene, size)}</svg>`;
}

/** The colours of a caption from top to bottom, as squares. */
function captionAt(order: string, x: number, y: number): string {
  const edge = 9;
  return coloursOf(order)
    .map(
      (colour, i) =>
        `<rect x="${x - edge / 2}" y="${y + i * edge}" width="${edge}" height="${edge}" fill="${flatFill(colour)}"/>`,
    )
    .join('');
}

type Model = Omit<Run, 'seed'>;

function isOf(row: Model, { model, d, batches }: Model): boolean {
  return row.model === model && row.d === d && row.batches === batches;
}

/** CLIPs by d, then the others. */
function modelsOf(rows: readonly Model[]): readonly Model[] {
  return rows
    .filter((row, i) => rows.findIndex((other) => isOf(row, other)) === i)
    .sort((a, b) => Number(isClip(b)) - Number(isClip(a)) || (isClip(a) ? a.d - b.d : 0));
}

function nameOf({ model, d, batches }: Model): string {
  const apart = batches === 'apart' ? ', apart' : '';
  if (model === 'cross') return `cross-encoder${apart}`;
  return `${model === 'clip' ? 'CLIP' : 'MaxSim'} d = ${d}${apart}`;
}

interface Point {
  /** Of the model. */
  readonly name: string;
  readonly height: number;
  readonly accuracy: number;
}

/** One value per model, height and seed: trained and held-out captions together. */
function pointsOf(rows: readonly AccuracyRow[]): readonly Point[] {
  const sums = new Map<string, { name: string; height: number; right: number; pictures: number }>();
  for (const row of rows) {
    const name = tickOf(row);
    const key = `${name} ${row.height} ${row.seed}`;
    const sum = sums.get(key) ?? { name, height: row.height, right: 0, pictures: 0 };
    sum.right += row.ofPictures * row.pictures;
    sum.pictures += row.pictures;
    sums.set(key, sum);
  }
  return [...sums.values()].map(({ name, height, right, pictures }) => ({
    name,
    height,
    accuracy: right / pictures,
  }));
}

function isClip({ model, batches }: Model): boolean {
  return model === 'clip' && batches === 'orders';
}

/** A CLIP is named by its d alone. */
function tickOf(model: Model): string {
  return isClip(model) ? String(model.d) : nameOf(model).replace(' d =', '');
}

function accuracyPanel(
  accuracy: readonly AccuracyRow[],
  styles: ReadonlyMap<number, Style>,
): Panel {
  const heights = heightsOf(accuracy);
  const models = modelsOf(accuracy);
  const clips = models.filter(isClip);
  const others = models.filter((model) => !isClip(model));
  const points = pointsOf(accuracy);
  const means = (height: number) =>
    clips.map((clip) => {
      const own = points.filter((point) => point.name === tickOf(clip) && point.height === height);
      return { name: tickOf(clip), accuracy: meanOverSeeds(own.map((point) => point.accuracy)) };
    });
  const chances = heights.map((height) => ({ height, chance: 1 / factorial(height) }));
  return {
    heading: 'accuracy by the d of CLIP, and of other models',
    options: {
      ...MARGINS,
      marginBottom: 96,
      marginRight: 112,
      x: {
        type: 'point',
        label: null,
        tickRotate: -40,
        domain: [...clips, ...others].map(tickOf),
      },
      y: { domain: [0, 1], grid: true, label: '↑ accuracy' },
      marks: [
        ...heights.flatMap((height) => {
          const style = styles.get(height);
          if (style === undefined) return [];
          const { light, symbol } = style;
          const own = points.filter((point) => point.height === height);
          const chance = { stroke: light, strokeDasharray: '1 4', strokeWidth: 1.5 };
          return [
            Plot.ruleY([1 / factorial(height)], chance),
            ...curve(means(height), { x: 'name', y: 'accuracy', style, radius: 0 }),
            Plot.dot(own, { x: 'name', y: 'accuracy', fill: light, symbol, r: 3.5 }),
          ];
        }),
        Plot.text(chances, {
          y: 'chance',
          frameAnchor: 'right',
          textAnchor: 'start',
          dx: 6,
          text: ({ height }: { height: number }) => `chance, ${height} cubes`,
        }),
        Plot.text(
          heights.map((height) => ({ height, ...means(height)[0] })),
          {
            x: 'name',
            y: 'accuracy',
            dx: 8,
            dy: 12,
            textAnchor: 'start',
            fill: ({ height }: { height: number }) => styles.get(height)?.light,
            text: ({ height }: { height: number }) => `${height} cubes`,
          },
        ),
      ],
    },
  };
}

function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1);
}
