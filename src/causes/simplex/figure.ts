import * as Plot from '@observablehq/plot';
import { meanOverSeeds } from '../../claims/spread.ts';
import { drawSvg, type Panel } from '../../plots/figure.ts';
import type { Style } from '../../plots/palette.ts';
import type { Scheme } from '../../plots/sheet.ts';
import { AMBER, BLUE } from '../../studies/drawing.ts';
import { LOSSES, type Loss } from '../../study/training/step.ts';
import { aroundSimplex, freeOf, keysOf, type LossEvidence, seedsOf } from '../evidence.ts';

const STYLES: Readonly<Record<Loss, Style>> = {
  infonce: { ...AMBER, dash: '' },
  'cross-entropy': { ...BLUE, symbol: 'square' },
};
const NAMES: Readonly<Record<Loss, string>> = {
  infonce: 'InfoNCE',
  'cross-entropy': 'cross-entropy',
};
/** Free vectors are drawn thinner than trained encoders, and dashed. */
const FREE_DASH = '5 3';
/** KL below this is drawn at it. Nats. */
const LEAST = 1e-5;

/** KL over d for trained encoders and for free vectors, with both losses; a panel per game. */
export function simplexFigure(evidence: LossEvidence, scheme: Scheme): string {
  const { runs, free } = evidence;
  const keys = keysOf(free);
  const games = [...new Set(free.map(({ game }) => game))];
  const seeds = new Set(runs.map(({ seed }) => seed)).size;
  return drawSvg(
    {
      title: `Around ${keys - 1} dimensions: trained encoders and free vectors, by loss`,
      subtitle: [
        `${keys} cards; every seed (${seeds} at most) and every start a dot, lines through their means; solid: trained, dashed: free vectors`,
        `d = ${keys - 1} is that of the simplex of ${keys} keys, in which every subset is a face; KL below ${LEAST} is drawn at ${LEAST}`,
      ],
      panels: games.map((game) => panel(evidence, keys, game)),
      panelSize: { width: 470, height: 400 },
      legendTitle: 'loss',
      legend: LOSSES.map((loss) => ({ label: NAMES[loss], style: STYLES[loss] })),
    },
    scheme,
  );
}

function panel({ runs, free }: LossEvidence, keys: number, game: string): Panel {
  const dims = aroundSimplex(keys);
  const drawn = (kl: number) => Math.max(LEAST, kl);
  const curves = LOSSES.flatMap((loss) =>
    [true, false].map((isTrained) => {
      const points = dims.flatMap((d) => {
        const values = isTrained
          ? seedsOf(runs, game, d, loss).values
          : freeOf(free, game, d, loss);
        return values.map((kl) => ({ d, kl: drawn(kl) }));
      });
      const means = dims.flatMap((d) => {
        const here = points.filter((point) => point.d === d).map(({ kl }) => kl);
        return here.length === 0 ? [] : [{ d, kl: meanOverSeeds(here) }];
      });
      return { loss, isTrained, points, means };
    }),
  ).filter(({ points }) => points.length > 0);
  return {
    heading: game,
    options: {
      marginLeft: 60,
      marginRight: 140,
      marginTop: 24,
      marginBottom: 40,
      x: { label: 'dimension d', labelAnchor: 'center', ticks: [...dims], tickFormat: String },
      y: {
        type: 'log',
        domain: [LEAST / 2, 1],
        label: '↑ KL, nats (log scale)',
        grid: true,
        ticks: [1e-5, 1e-4, 1e-3, 0.01, 0.1, 1],
        tickFormat: '~g',
      },
      marks: [
        Plot.ruleX([keys - 1], { strokeDasharray: '1 3', strokeOpacity: 0.6 }),
        ...curves.flatMap(({ loss, isTrained, points, means }) => {
          const { light, symbol } = STYLES[loss];
          const end = means.at(-1);
          const other = curves.find((one) => one.isTrained === isTrained && one.loss !== loss);
          const isAbove = (end?.kl ?? 0) > (other?.means.at(-1)?.kl ?? 0);
          return [
            Plot.line(means, {
              x: 'd',
              y: 'kl',
              stroke: light,
              strokeWidth: isTrained ? 2 : 1.4,
              ...(isTrained ? {} : { strokeDasharray: FREE_DASH }),
            }),
            Plot.dot(points, { x: 'd', y: 'kl', fill: light, symbol, r: isTrained ? 3 : 2 }),
            Plot.text(end === undefined ? [] : [end], {
              x: 'd',
              y: 'kl',
              text: () => `${NAMES[loss]}, ${isTrained ? 'trained' : 'free'}`,
              textAnchor: 'start',
              dx: 10,
              dy: isAbove ? -7 : 7,
              fill: light,
            }),
          ];
        }),
      ],
    },
  };
}
