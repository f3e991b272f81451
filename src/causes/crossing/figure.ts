import * as Plot from '@observablehq/plot';
import { meanOverSeeds } from '../../claims/spread.ts';
import { drawSvg, type Panel } from '../../plots/figure.ts';
import type { Style } from '../../plots/palette.ts';
import type { Scheme } from '../../plots/sheet.ts';
import { AMBER, BLUE } from '../../studies/drawing.ts';
import { LOSSES, type Loss } from '../../study/training/step.ts';
import { keysOf, type LossRun, seedsOf } from '../evidence.ts';
import type { CrossingEvidence } from './claims.ts';

const STYLES: Readonly<Record<Loss, Style>> = {
  infonce: { ...AMBER, dash: '' },
  'cross-entropy': { ...BLUE, symbol: 'square' },
};
const NAMES: Readonly<Record<Loss, string>> = {
  infonce: 'symmetric InfoNCE',
  'cross-entropy': 'row cross-entropy',
};

/** A pair of bars per model, one for each loss; a panel per game. */
export function crossingFigure({ runs, dims }: CrossingEvidence, scheme: Scheme): string {
  const games = [...new Set(runs.map(({ game }) => game))];
  const models = [...dims, undefined];
  const some = runs.filter(({ dim }) => dim === undefined || dims.includes(dim));
  const sizes = some.map(({ parameters }) => parameters / 1000);
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)].map((size) => size.toFixed(0));
  return drawSvg(
    {
      title: 'Dot product or loss: dual and cross-encoders of one size, by loss',
      subtitle: [
        `${keysOf(runs)} cards; dual encoders of d numbers and cross-encoders of as many parameters (${least} to ${most} thousand, by game)`,
        'bars: mean; every seed a mark',
      ],
      panels: games.map((game) => panel(runs, game, models)),
      panelSize: { width: 480, height: 360 },
      legendTitle: 'loss',
      legend: LOSSES.map((loss) => ({
        label: NAMES[loss],
        style: { ...STYLES[loss], symbol: 'square' as const },
      })),
    },
    scheme,
  );
}

/** Nats, as bars are labelled. */
function label(kl: number): string {
  return kl < 0.1 ? kl.toFixed(3) : kl.toFixed(2);
}

function panel(
  runs: readonly LossRun[],
  game: string,
  models: readonly (number | undefined)[],
): Panel {
  const nameOf = (dim: number | undefined) => (dim === undefined ? 'cross-encoder' : `d = ${dim}`);
  const points = models.flatMap((dim) =>
    LOSSES.flatMap((loss) =>
      seedsOf(runs, game, dim, loss).values.map((kl) => ({ model: nameOf(dim), loss, kl })),
    ),
  );
  const bars = models.flatMap((dim) =>
    LOSSES.flatMap((loss) => {
      const { values } = seedsOf(runs, game, dim, loss);
      const most = Math.max(...values);
      return values.length === 0
        ? []
        : [{ model: nameOf(dim), loss, kl: meanOverSeeds(values), most }];
    }),
  );
  const short = (loss: Loss) => (loss === 'infonce' ? 'InfoNCE' : 'CE');
  const place = {
    fx: 'model',
    x: ({ loss }: { readonly loss: Loss }) => short(loss),
    y: 'kl',
  } as const;
  return {
    heading: `${game}: KL, nats`,
    options: {
      marginLeft: 50,
      marginRight: 12,
      marginTop: 30,
      marginBottom: 40,
      fx: { label: null, domain: models.map(nameOf), padding: 0.15 },
      x: { label: null, domain: LOSSES.map(short), padding: 0.1 },
      // Room for the label above the highest bar.
      y: { label: '↑ KL', grid: true, insetTop: 20 },
      marks: [
        Plot.barY(bars, { ...place, fill: ({ loss }) => STYLES[loss as Loss].light }),
        Plot.dot(points, { ...place, fill: 'currentColor', r: 2 }),
        Plot.text(bars, { ...place, y: 'most', text: ({ kl }) => label(kl), dy: -10 }),
        Plot.ruleY([0]),
      ],
    },
  };
}
