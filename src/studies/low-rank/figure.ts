import * as Plot from '@observablehq/plot';
import { drawSvg, type Panel } from '../../plots/figure.ts';
import { NEUTRAL, type Style } from '../../plots/palette.ts';
import type { Scheme } from '../../plots/sheet.ts';
import { AMBER, BLUE, curve, GREY, MAGENTA } from '../drawing.ts';
import type { LowRankEvidence, LowRankRow, ThresholdRow } from './tables.ts';

/** Smaller KL is drawn at this value: how far below it falls depends on the length of training alone. */
const LEAST_KL = 1e-4;
const DECADES = [1e-4, 1e-3, 1e-2, 0.1, 1];

const TRAINED: Style = { ...NEUTRAL, symbol: 'circle' };
const RANK: Style = { ...GREY, dash: '' };
const EXACT: Style = { ...BLUE, dash: '1 3' };
const PREDICTS: Style = { ...MAGENTA, dash: '6 3' };
const SVD: Style = { ...AMBER, dash: '2 3' };

/** Accuracy and KL by dimension, a column of panels per deck, and the dimensions that suffice as vertical lines. */
export function lowRankFigure({ rows, thresholds }: LowRankEvidence, scheme: Scheme): string {
  const measures: readonly Measure[] = [
    { y: ({ accuracy }) => accuracy, scale: { label: '↑ accuracy', domain: [0, 1], ticks: 5 } },
    {
      y: ({ kl }) => Math.max(LEAST_KL, kl),
      scale: {
        label: '↑ KL, nats',
        type: 'log',
        domain: [LEAST_KL, 2],
        ticks: DECADES,
        tickFormat: String,
      },
    },
  ];
  return drawSvg(
    {
      title: 'How wide must embeddings be for a matrix of rank r?',
      subtitle: [
        'shared-attribute game, a deck of A attributes with v values per column; one free vector per query and per key, trained with the',
        'contrastive loss on all queries; means over the seeds. Accuracy: share of queries whose keys all score above all other keys.',
        `KL of the prediction from the true keys, below ${LEAST_KL} drawn there. Vertical lines: the smallest d that suffices, with all above it.`,
      ],
      panels: measures.flatMap((measure, i) =>
        thresholds.map((deck) => deckPanel(deck, rows, measure, i === 0)),
      ),
      columns: thresholds.length,
      panelSize: { width: 190, height: 210 },
      legendTitle: 'trained vectors',
      legend: [
        { label: 'by dimension', style: TRAINED },
        { label: 'accuracy 100 %', style: EXACT, mark: 'line' },
        { label: 'KL < 0.01', style: PREDICTS, mark: 'line' },
        { label: 'd = rank', style: RANK, mark: 'line' },
        { label: 'rounded SVD exact', style: SVD, mark: 'line' },
      ],
    },
    scheme,
  );
}

interface Measure {
  readonly y: (row: LowRankRow) => number;
  readonly scale: Plot.ScaleOptions;
}

function deckPanel(
  { attributes, values, rank, alwaysExact, predicts, svdRounds }: ThresholdRow,
  rows: readonly LowRankRow[],
  { y, scale }: Measure,
  isNamed: boolean,
): Panel {
  const ofDeck = rows.filter((row) => row.attributes === attributes && row.values === values);
  const lines = [
    [RANK, rank],
    [EXACT, alwaysExact],
    [PREDICTS, predicts],
    [SVD, svdRounds],
  ] as const;
  return {
    heading: isNamed ? `A = ${attributes}, v = ${values}: rank ${rank}` : '',
    options: {
      marginLeft: 52,
      marginRight: 8,
      marginTop: 24,
      marginBottom: 36,
      x: { label: 'd →', domain: [0, Math.max(rank, ...ofDeck.map(({ d }) => d))], ticks: 4 },
      y: scale,
      marks: [
        Plot.gridY(scale.type === 'log' ? [...DECADES] : undefined, { strokeOpacity: 0.15 }),
        ...lines.flatMap(([{ light, dash }, at]) =>
          at === undefined
            ? []
            : [
                Plot.ruleX([at], {
                  stroke: light,
                  strokeWidth: 1.5,
                  strokeDasharray: dash || 'none',
                }),
              ],
        ),
        ...curve(ofDeck, { x: 'd', y, style: TRAINED, width: 1.5, radius: 2.5 }),
      ],
    },
  };
}
