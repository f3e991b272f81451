import { parseHTML } from 'linkedom';
import { drawSvg, type Figure } from '../../../src/plots/figure.ts';
import type { RunMetrics } from '../../../src/study/metrics/runs.ts';
import { OTHER_METRICS } from '../other-metrics.ts';

export const GAMES = ['set', 'star', 'union'];
export const DIMS = [27, 8, 4, undefined];

/** Runs of every game and dimension; `change` replaces values of each. */
export function runs(seeds = 1, change: (run: RunMetrics) => Partial<RunMetrics> = () => ({})) {
  return GAMES.flatMap((game, g) =>
    DIMS.flatMap((dim) =>
      Array.from({ length: seeds }, (_, s): RunMetrics => {
        const hard = dim === undefined ? 0 : (g * 2) / dim;
        const run = {
          deck: 27,
          game,
          model: dim === undefined ? 'noncontrastive' : 'contrastive',
          dim,
          seed: s + 1,
          queries: 512,
          kl: 0.001 + hard + s / 100,
          overlap: 1 - hard / 2,
          entropy: 1 + hard,
          entropyMid: game === 'union' ? 2.5 + hard : undefined,
          trueEntropy: 1,
          trueEntropyMid: game === 'union' ? 2.5 : undefined,
          falseMass: hard,
          falseMassMid: game === 'union' ? hard : undefined,
          ...OTHER_METRICS,
          parameters: 1000,
        };
        return { ...run, ...change(run) };
      }),
    ),
  );
}

/** The SVG that is drawn of a figure. */
export function svgOf(figure: Figure) {
  return parseHTML(drawSvg(figure)).document;
}

/** All texts of a figure, in the order of drawing. */
export function texts(figure: Figure): readonly string[] {
  return [...svgOf(figure).querySelectorAll('.text')].map(
    (element) => element.getAttribute('aria-label') ?? '',
  );
}
