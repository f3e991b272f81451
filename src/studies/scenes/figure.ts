import * as Plot from '@observablehq/plot';
import { meanOverSeeds } from '../../claims/spread.ts';
import { drawSvg, type Panel } from '../../plots/figure.ts';
import { rampStyles, type Style, seriesStyle } from '../../plots/palette.ts';
import type { Scheme } from '../../plots/sheet.ts';
import { BLACK, curve, MARGINS } from '../drawing.ts';
import { dimsOf } from './claims.ts';
import {
  LEVELS,
  type Level,
  type ScenesEvidence,
  type ScoreRow,
  type SubsetRow,
} from './tables.ts';

/** Pixels between the models of a level. */
const BESIDE = 8;

/** What the kinds of atoms of a count are, each with those before it. */
const KINDS: Readonly<Record<string, string>> = {
  exist: 'there is',
  count: '+ counts',
  relation: '+ relations',
  list: 'lists of scenes',
};

/** Sets by depth of the grammar; what free vectors and trained models reach on each level. */
export function scenesFigure(evidence: ScenesEvidence, scheme: Scheme): string {
  const { scenes, subsets, scores } = evidence;
  const dims = [...new Set([...dimsOf(scores, 'floor'), ...dimsOf(scores, 'contrastive')])];
  const styles = rampStyles(dims);
  const most = Math.max(...scores.map(({ kl }) => kl));
  return drawSvg(
    {
      title: 'Do natural queries run into the dimension?',
      subtitle: [
        `queries select among ${scenes} scenes of 3 to 6 objects; sets are counted exactly, as deep as there are few enough`,
        'KL from the even distribution over the selected scenes, mean over queries; free vectors: the best there are for these queries',
      ],
      panels: [
        subsetPanel(subsets, scenes),
        scorePanel('free vectors of d numbers', scores, 'floor', styles, most),
        // Without trainings there is nothing to draw.
        ...(scores.some(({ model }) => model !== 'floor')
          ? [
              scorePanel(
                'trained models of d numbers, and of half the size',
                scores,
                'contrastive',
                styles,
                most,
              ),
            ]
          : []),
      ],
      panelSize: { width: 400, height: 380 },
      legendTitle: 'numbers per vector',
      legend: [
        ...[...styles].map(([d, style]) => ({ label: `d = ${d}`, style, mark: 'symbol' as const })),
        ...(scores.some(({ model }) => model === 'half')
          ? [{ label: 'half the size', style: BLACK, mark: 'symbol' as const }]
          : []),
      ],
    },
    scheme,
  );
}

function subsetPanel(subsets: readonly SubsetRow[], scenes: number): Panel {
  const names = Object.keys(KINDS);
  const ends = names.flatMap((name) => subsets.filter(({ atoms }) => atoms === name).slice(-1));
  return {
    heading: 'different sets by depth, powers of two',
    options: {
      ...MARGINS,
      marginRight: 92,
      x: { label: 'atoms of a conjunction, scenes of a list →', tickFormat: 'd', ticks: 6 },
      y: { domain: [0, scenes], label: '↑ log2 of sets', grid: true },
      marks: [
        Plot.ruleY([scenes], { strokeDasharray: '4 3' }),
        Plot.text([scenes], {
          y: (bits: number) => bits,
          frameAnchor: 'left',
          dx: 6,
          dy: 10,
          textAnchor: 'start',
          text: () => `all sets of ${scenes} scenes`,
        }),
        ...names.flatMap((name, i) =>
          curve(
            subsets.filter(({ atoms }) => atoms === name),
            { x: 'depth', y: 'bits', style: seriesStyle(i), radius: 3.5 },
          ),
        ),
        Plot.text(ends, {
          x: 'depth',
          y: 'bits',
          dx: 6,
          dy: -9,
          textAnchor: 'start',
          text: ({ atoms }: SubsetRow) => KINDS[atoms],
        }),
      ],
    },
  };
}

function scorePanel(
  heading: string,
  scores: readonly ScoreRow[],
  model: 'floor' | 'contrastive',
  styles: ReadonlyMap<number, Style>,
  most: number,
): Panel {
  const means = (kind: ScoreRow['model'], d: number) =>
    LEVELS.flatMap((level): readonly { level: Level; kl: number }[] => {
      const own = scores.filter((row) => row.model === kind && row.d === d && row.level === level);
      return own.length === 0 ? [] : [{ level, kl: meanOverSeeds(own.map(({ kl }) => kl)) }];
    });
  const models = [
    ...dimsOf(scores, model).map((d) => ({ kind: model, d, style: styles.get(d) ?? BLACK })),
    ...(model === 'contrastive' ? [{ kind: 'half' as const, d: 0, style: BLACK }] : []),
  ];
  return {
    heading,
    options: {
      ...MARGINS,
      marginBottom: 74,
      x: { type: 'point', domain: [...LEVELS], label: null, tickRotate: -35 },
      y: { domain: [0, most * 1.05], label: '↑ KL, nats', grid: true },
      marks: models.map(({ kind, d, style: { light, symbol } }, i) =>
        Plot.dot(means(kind, d), {
          x: 'level',
          y: 'kl',
          // Side by side: levels have no order that a line would follow.
          dx: (i - (models.length - 1) / 2) * BESIDE,
          fill: light,
          symbol,
          r: 4,
        }),
      ),
    },
  };
}
