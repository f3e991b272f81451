import * as Plot from '@observablehq/plot';
import { drawSvg, type Panel } from '../../plots/figure.ts';
import type { Style } from '../../plots/palette.ts';
import type { Scheme } from '../../plots/sheet.ts';
import { AMBER, BLACK, BLUE, curve, MARGINS } from '../drawing.ts';
import { bleuOf } from './runs.ts';
import type { AttentionRow, PointRow, TranslationEvidence, TranslationRun } from './tables.ts';

const CURVES: readonly (readonly [keyof PointRow, string, Style])[] = [
  ['exactMatch', 'exact, trained on', BLACK],
  ['trainBleu', 'BLEU, trained on', BLUE],
  ['heldOutBleu', 'BLEU, held out', AMBER],
];
/** Room for units beside the heat map of attention. */
const UNIT_MARGIN = 90;

/** Learning curves, BLEU sentence by sentence, and what one translation reads of its source. */
export function translationFigure({ pairs, runs }: TranslationEvidence, scheme: Scheme): string {
  const count = (wanted: string) => pairs.filter(({ split }) => split === wanted).length;
  return drawSvg(
    {
      title: 'A small transformer learns French sentences and their English by heart',
      subtitle: [
        `${count('train')} pairs trained on, ${count('val')} held out, lower-cased, byte-pair units; 2 + 2 layers, 2 heads; a line per seed`,
        'greedy translations; attention of the last layer to the source, mean of its heads: the darker, the more is read',
      ],
      panels: [curvePanel(runs), sentencePanel(runs), ...attentionPanel(runs)],
      legendTitle: 'measures',
      legend: CURVES.map(([, label, style]) => ({ label, style })),
    },
    scheme,
  );
}

function curvePanel(runs: readonly TranslationRun[]): Panel {
  return {
    heading: 'share of exact translations, and corpus BLEU',
    options: {
      ...MARGINS,
      x: { label: 'training step →', zero: true },
      y: { label: '↑ share, BLEU', domain: [0, 1], grid: true },
      marks: CURVES.flatMap(([y, , style]) =>
        runs.flatMap(({ points }) => curve(points, { x: 'step', y, style, radius: 2.5 })),
      ),
    },
  };
}

/** Sentences in the order of their BLEU: the curve is above x where a share of 1 - y has less. */
function sentencePanel(runs: readonly TranslationRun[]): Panel {
  const parts = [
    ['train', BLUE],
    ['val', AMBER],
  ] as const;
  return {
    heading: 'BLEU of single sentences, the worst first',
    options: {
      ...MARGINS,
      x: { label: 'share of the sentences →', domain: [0, 1] },
      y: { label: '↑ sentence BLEU', domain: [0, 1], grid: true },
      marks: parts.flatMap(([split, { light, dash }]) =>
        runs.map((run) => {
          const sorted = [...bleuOf(run, split)].sort((a, b) => a - b);
          const points = sorted.map((bleu, i) => ({ share: (i + 0.5) / sorted.length, bleu }));
          const line = { x: 'share', y: 'bleu', stroke: light, strokeWidth: 2 } as const;
          return Plot.line(points, dash === '' ? line : { ...line, strokeDasharray: dash });
        }),
      ),
    },
  };
}

/** Of the first seed. */
function attentionPanel(runs: readonly TranslationRun[]): readonly Panel[] {
  const rows = runs.at(0)?.attention ?? [];
  if (rows.length === 0) return [];
  const namesOf = (place: 'source' | 'target', unit: 'french' | 'english') =>
    new Map(rows.map((row: AttentionRow) => [row[place], row[unit]]));
  const [sources, targets] = [namesOf('source', 'french'), namesOf('target', 'english')];
  return [
    {
      heading: 'a translation (downwards), and what it reads of its source (across)',
      options: {
        marginLeft: UNIT_MARGIN,
        marginRight: 20,
        marginTop: UNIT_MARGIN,
        marginBottom: 10,
        x: {
          type: 'band',
          axis: 'top',
          label: null,
          tickFormat: (place: number) => sources.get(place) ?? '',
          tickRotate: -60,
          padding: 0,
        },
        y: {
          type: 'band',
          label: null,
          tickFormat: (place: number) => targets.get(place) ?? '',
          padding: 0,
        },
        marks: [
          Plot.cell(rows, {
            x: 'source',
            y: 'target',
            fill: 'currentColor',
            fillOpacity: ({ weight }: AttentionRow) => Math.round(100 * weight) / 100,
          }),
          Plot.frame({ strokeOpacity: 0.4 }),
        ],
      },
    },
  ];
}
