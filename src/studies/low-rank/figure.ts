import * as Plot from '@observablehq/plot';
import { drawSvg, type Panel } from '../../plots/figure.ts';
import { rampStyles, type Style } from '../../plots/palette.ts';
import type { Scheme } from '../../plots/sheet.ts';
import { AMBER, BLACK, BLUE, curve, MAGENTA, MARGINS } from '../drawing.ts';
import type { LowRankEvidence, LowRankRow, ThresholdRow } from './tables.ts';

/** Smaller KL is drawn at this value: how far below it falls depends on the length of training alone. */
const LEAST_KL = 1e-4;

const RANK: Style = BLACK;
const EXACT: Style = BLUE;
const PREDICTS: Style = MAGENTA;
const SVD: Style = AMBER;

/** Accuracy and KL by d / rank, and the sufficient dimensions of each deck. */
export function lowRankFigure({ rows, thresholds }: LowRankEvidence, scheme: Scheme): string {
  const styles = rampStyles(thresholds.map(({ rank }) => rank));
  const styleOf = (rank: number): Style => styles.get(rank) ?? RANK;
  const decks = [...thresholds].reverse();
  return drawSvg(
    {
      title: 'How wide must embeddings be for a matrix of rank r?',
      subtitle: [
        'shared-attribute game: one free vector per query and per key, trained with the contrastive loss on all queries; means over the seeds',
        'accuracy: share of queries whose keys all score above all other keys; SVD: the best matrix of rank d, rounded at 1/2',
      ],
      panels: [
        curvePanel('training accuracy', rows, styleOf, {
          y: ({ accuracy }) => accuracy,
          scale: { label: '↑ accuracy', domain: [0, 1] },
        }),
        curvePanel('KL of the prediction from the true keys', rows, styleOf, {
          y: ({ kl }) => Math.max(LEAST_KL, kl),
          scale: {
            label: '↑ mean KL, nats (log scale)',
            type: 'log',
            ticks: 5,
            tickFormat: String,
          },
        }),
        thresholdPanel(thresholds),
      ],
      legendTitle: 'decks, criteria',
      legend: [
        ...decks.map(({ attributes, values, rank }) => ({
          label: `A = ${attributes}, v = ${values}: r = ${rank}`,
          style: styleOf(rank),
        })),
        { label: 'rank', style: RANK },
        { label: 'KL < 0.01', style: PREDICTS },
        { label: 'accuracy 100 %', style: EXACT },
        { label: 'SVD rounds', style: SVD },
      ],
    },
    scheme,
  );
}

function curvePanel(
  heading: string,
  rows: readonly LowRankRow[],
  styleOf: (rank: number) => Style,
  { y, scale }: { readonly y: (row: LowRankRow) => number; readonly scale: Plot.ScaleOptions },
): Panel {
  const ranks = [...new Set(rows.map(({ rank }) => rank))];
  return {
    heading,
    options: {
      ...MARGINS,
      marginLeft: 60,
      x: { label: 'd / rank →', domain: [0, 1] },
      y: scale,
      marks: ranks.flatMap((rank) => {
        const ofDeck = rows.filter((row) => row.rank === rank);
        const x = (row: LowRankRow) => row.d / row.rank;
        return [
          ...(rank === ranks[0] ? [Plot.gridY({ strokeOpacity: 0.15, ticks: 5 })] : []),
          ...curve(ofDeck, { x, y, style: styleOf(rank), width: 1.5, radius: 3 }),
        ];
      }),
    },
  };
}

function thresholdPanel(thresholds: readonly ThresholdRow[]): Panel {
  const nameOf = ({ attributes, values }: ThresholdRow) => `${attributes}, ${values}`;
  const series = [
    [RANK, 5, ({ rank }: ThresholdRow) => rank],
    // Larger, since the accuracy threshold often lies on top of it.
    [PREDICTS, 8, ({ predicts }: ThresholdRow) => predicts],
    [EXACT, 5, ({ alwaysExact }: ThresholdRow) => alwaysExact],
    [SVD, 5, ({ svdRounds }: ThresholdRow) => svdRounds],
  ] as const;
  return {
    heading: 'smallest dimension that suffices, and all above it',
    options: {
      ...MARGINS,
      x: { type: 'point', label: 'attributes, values →', domain: thresholds.map(nameOf) },
      y: { label: '↑ d', zero: true, grid: true },
      marks: series.flatMap(([style, radius, thresholdOf]) => {
        const present = thresholds.filter((deck) => thresholdOf(deck) !== undefined);
        return curve(present, { x: nameOf, y: thresholdOf, style, width: 1.5, radius });
      }),
    },
  };
}
