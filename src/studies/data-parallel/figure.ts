import * as Plot from '@observablehq/plot';
import { drawSvg, type LegendEntry, type Panel } from '../../plots/figure.ts';
import type { Style } from '../../plots/palette.ts';
import type { Scheme } from '../../plots/sheet.ts';
import { groupBy } from '../../tables/group-by.ts';
import { AMBER, BLACK, BLUE, curve, GREY, MAGENTA, MARGINS } from '../drawing.ts';
import { bytesPerStep, differencesFromOne, speedUp } from './claims.ts';
import {
  type DataParallelEvidence,
  type LossRow,
  METHODS,
  type Method,
  type NetworkRow,
  type Run,
  type TaskName,
  type WorkerRow,
} from './tables.ts';
import { bytesSent } from './theory.ts';

const STYLES: Readonly<Record<Method, Style>> = { master: AMBER, ring: BLUE, tree: MAGENTA };
const NAMES: Readonly<Record<Method, string>> = {
  master: 'master',
  ring: 'ring all-reduce',
  tree: 'tree all-reduce',
};
/** Differences below this are drawn on it: no logarithm has a zero. */
const LEAST = 1e-8;

/** Losses and how far they are from those of one process; bytes; what two networks would do. */
export function dataParallelFigure(evidence: DataParallelEvidence, scheme: Scheme): string {
  const { losses, workers, networks, computing } = evidence;
  const numbers = Math.max(...networks.map((row) => row.numbers));
  const megabytes = ((4 * numbers) / 1e6).toFixed(2);
  const ofLargest = networks.filter((row) => row.numbers === numbers);
  return drawSvg(
    {
      title: 'Workers that share a batch',
      subtitle: [
        'each worker computes gradients of its rows; a master, a ring or a tree adds them up; a batch is the same for any number of workers',
        `networks are simulated: ${megabytes} MB of gradients, ${computing * 1000} ms of computing per step and worker, each with rows of its own`,
      ],
      columns: 3,
      panelSize: { width: 400, height: 320 },
      panels: [
        lossPanel(losses),
        differencePanel('MLP: difference from one process', losses, 'mlp'),
        differencePanel('dual encoder, InfoNCE: difference from one process', losses, 'infonce'),
        bytesPanel(workers),
        exchangePanel(ofLargest, computing),
        speedUpPanel(ofLargest, computing),
      ],
      legendTitle: 'gradients by',
      legend: [
        ...METHODS.map((method): LegendEntry => ({ label: NAMES[method], style: STYLES[method] })),
        { label: 'one process', style: BLACK, mark: 'line' },
        { label: 'rows in another order', style: GREY, mark: 'line' },
      ],
    },
    scheme,
  );
}

const runOf = (losses: readonly LossRow[], task: TaskName, run: Run, workers: number) =>
  losses.filter((row) => row.task === task && row.run === run && row.workers === workers);

function mostWorkers(rows: readonly { readonly workers: number }[]): number {
  return Math.max(...rows.map(({ workers }) => workers));
}

function lossPanel(losses: readonly LossRow[]): Panel {
  const most = mostWorkers(losses);
  const one = runOf(losses, 'infonce', 'one', 1);
  const ring = runOf(losses, 'infonce', 'ring', most);
  const apart = runOf(losses, 'infonce', 'apart', most);
  const every = Math.ceil(ring.length / 12);
  return {
    heading: 'dual encoder: symmetric InfoNCE by step',
    options: {
      ...MARGINS,
      x: { label: 'step →' },
      y: { label: '↑ loss, nats', grid: true },
      marks: [
        line(one, 'loss', BLACK),
        line(apart, 'loss', { ...GREY, dash: '2 3' }),
        Plot.dot(
          ring.filter((_, i) => i % every === 0),
          { x: 'step', y: 'loss', fill: BLUE.light, symbol: BLUE.symbol, r: 3.5 },
        ),
        label(ring.slice(0, 1), 'loss', `ring of ${most}, scores of all`, 'below'),
        label(apart.slice(0, 1), 'loss', `ring of ${most}, own scores alone`, 'below'),
      ],
    },
  };
}

function differencePanel(heading: string, losses: readonly LossRow[], task: TaskName): Panel {
  const most = mostWorkers(losses);
  const runs: readonly (readonly [Run, number, Style])[] = [
    ['reordered', 1, GREY],
    ...METHODS.map((method) => [method, most, STYLES[method]] as const),
    ['apart', most, { ...GREY, dash: '2 3' }],
  ];
  const drawn = runs.map(([run, workers, style]) => {
    const rows = differencesFromOne(runOf(losses, task, run, workers), losses);
    return { run, style, rows: rows.map((row) => ({ ...row, by: Math.max(LEAST, row.by) })) };
  });
  const apart = drawn.find(({ run }) => run === 'apart')?.rows.slice(-1) ?? [];
  return {
    heading: `${heading}, ${most} workers`,
    options: {
      ...MARGINS,
      x: { label: 'step →' },
      y: {
        type: 'log',
        domain: [LEAST, 10],
        tickFormat: (x: number) => x.toExponential(0),
        ticks: 5,
        grid: true,
        label: '↑ difference of losses, nats',
      },
      marks: [
        ...drawn.map(({ rows, style }) => line(rows, 'by', style)),
        label(apart, 'by', 'own scores alone', 'above'),
      ],
    },
  };
}

function bytesPanel(workers: readonly WorkerRow[]): Panel {
  const most = mostWorkers(workers);
  const own = workers.filter(({ task }) => task === 'infonce');
  const parameters = own[0]?.parameters ?? 0;
  const sizes = Array.from({ length: most }, (_, i) => i + 1);
  const busiest = (method: Method, size: number) =>
    Math.max(...sizes.slice(0, size).map((_, rank) => bytesSent(method, parameters, rank, size)));
  const measured = (method: Method) =>
    [...new Set(own.map((row) => row.workers))].flatMap((size) => {
      const group = own.filter((row) => row.run === method && row.workers === size);
      return group.length === 0
        ? []
        : [{ size, megabytes: Math.max(...group.map(bytesPerStep)) / 1e6 }];
    });
  return {
    heading: 'what the busiest worker sends in a step: counted, and in theory',
    options: {
      ...MARGINS,
      x: { label: 'workers →', tickFormat: 'd', ticks: sizes },
      y: { label: '↑ MB', grid: true },
      marks: METHODS.flatMap((method) => [
        line(
          sizes.map((step) => ({ step, by: busiest(method, step) / 1e6 })),
          'by',
          STYLES[method],
        ),
        Plot.dot(measured(method), {
          x: 'size',
          y: 'megabytes',
          fill: STYLES[method].light,
          symbol: STYLES[method].symbol,
          r: 4,
        }),
      ]),
    },
  };
}

const workersAxis = (rows: readonly NetworkRow[]) => {
  const least = Math.min(...rows.map(({ workers }) => workers));
  const ticks = [1, 2, 4, 8, 16, 32, 64].filter(
    (size) => size >= least && size <= mostWorkers(rows),
  );
  return { type: 'log', base: 2, ticks, tickFormat: 'd' } as const;
};

function networksOf(rows: readonly NetworkRow[]): readonly (readonly NetworkRow[])[] {
  return [...groupBy(rows, ({ network }) => network).values()];
}

function exchangePanel(rows: readonly NetworkRow[], computing: number): Panel {
  const groups = rows.filter(({ workers }) => workers > 1);
  const milliseconds = ({ seconds }: NetworkRow) => seconds * 1e3;
  return {
    heading: 'time to exchange, simulated, beside that to compute',
    options: {
      ...MARGINS,
      x: { ...workersAxis(groups), label: 'workers →' },
      y: {
        type: 'log',
        label: '↑ ms per step',
        grid: true,
        domain: [0.01, 1000],
        ticks: [0.01, 0.1, 1, 10, 100, 1000],
        tickFormat: '~g',
      },
      marks: [
        Plot.ruleY([computing * 1e3], { stroke: BLACK.light, strokeDasharray: '4 3' }),
        Plot.text([computing * 1e3], {
          y: (y: number) => y,
          text: () => 'computing',
          frameAnchor: 'right',
          dy: -8,
        }),
        ...networksOf(groups).flatMap((own) => [
          ...METHODS.flatMap((method) =>
            curve(
              own.filter((row) => row.method === method),
              { x: 'workers', y: milliseconds, style: STYLES[method], radius: 3 },
            ),
          ),
          // Below the ring's first point.
          Plot.text(own.filter(({ method }) => method === 'ring').slice(0, 1), {
            x: 'workers',
            y: milliseconds,
            text: ({ network, latency }: NetworkRow) =>
              `${network}, ${Number((latency * 1e6).toPrecision(3))} µs`,
            textAnchor: 'start',
            dy: 16,
          }),
        ]),
      ],
    },
  };
}

function speedUpPanel(rows: readonly NetworkRow[], computing: number): Panel {
  const slowest = Math.min(...rows.map(({ bandwidth }) => bandwidth));
  const own = rows.filter(({ bandwidth }) => bandwidth === slowest);
  const axis = workersAxis(rows);
  return {
    heading: `rows per second, simulated: ${own[0]?.network}`,
    options: {
      ...MARGINS,
      x: { ...axis, label: 'workers →' },
      y: { ...axis, label: '↑ times one worker', grid: true },
      marks: [
        Plot.line(axis.ticks, {
          x: (size: number) => size,
          y: (size: number) => size,
          stroke: 'currentColor',
          strokeOpacity: 0.4,
          strokeDasharray: '4 3',
        }),
        ...METHODS.flatMap((method) =>
          curve(
            own.filter((row) => row.method === method),
            {
              x: 'workers',
              y: (row: NetworkRow) => speedUp(row, computing),
              style: STYLES[method],
              radius: 3,
            },
          ),
        ),
      ],
    },
  };
}

function line<Row extends { readonly step: number }>(
  rows: readonly Row[],
  y: keyof Row & string,
  { light, dash }: Style,
): Plot.Markish {
  const dashed = dash === '' ? {} : { strokeDasharray: dash };
  return Plot.line(rows, { x: 'step', y, stroke: light, strokeWidth: 1.6, ...dashed });
}

/** A name below the first point of a line, or above the last. */
function label<Row extends { readonly step: number }>(
  rows: readonly Row[],
  y: keyof Row & string,
  text: string,
  place: 'below' | 'above',
): Plot.Markish {
  const at =
    place === 'below'
      ? ({ textAnchor: 'start', dx: 8, dy: 26 } as const)
      : ({ textAnchor: 'end', dy: -10 } as const);
  return Plot.text(rows, { x: 'step', y, text: () => text, ...at });
}
