import * as Plot from '@observablehq/plot';
import { meanOverSeeds } from '../../claims/spread.ts';
import { drawSvg } from '../../plots/figure.ts';
import type { Style } from '../../plots/palette.ts';
import type { Scheme } from '../../plots/sheet.ts';
import { AMBER, BLACK, BLUE, GREEN, GREY, MAGENTA, MARGINS } from '../drawing.ts';
import { dimsOf, type LadderEvidence, RUNGS, type Rung, stepsOf } from './tables.ts';

const CAUSES: Readonly<Record<Rung, { readonly label: string; readonly style: Style }>> = {
  optimum: { label: 'geometry', style: BLUE },
  'cross-entropy': { label: 'search', style: GREY },
  infonce: { label: 'objective', style: AMBER },
  encoder: { label: 'encoder', style: GREEN },
  half: { label: 'generalisation', style: MAGENTA },
};

/** A stack per dimension: what every cause adds to the KL on sets that the model never met. */
export function ladderFigure({ keys, rungs }: LadderEvidence, scheme: Scheme): string {
  const dims = dimsOf(rungs);
  const steps = stepsOf(rungs);
  const seeds = new Set(rungs.map(({ seed }) => seed)).size;
  const bars = dims.flatMap((d) =>
    RUNGS.map((rung) => {
      const added = steps.filter((step) => step.d === d && step.rung === rung);
      return { d, rung, added: meanOverSeeds(added.map((step) => step.added)) };
    }),
  );
  const totals = rungs.filter(({ rung }) => rung === 'half');
  const cause = ({ rung }: { readonly rung: Rung }) => CAUSES[rung].style.light;
  return drawSvg(
    {
      title: 'Why a dot product fails as its dimension falls',
      subtitle: [
        `all ${2 ** keys - 1} subsets of ${keys} keys; mean of ${seeds} seeds, every seed a dot; below zero: better than the rung before`,
        'geometry: best free vectors; search: one start; objective: InfoNCE for cross-entropy; encoder: a transformer on all sets; generalisation: trained on half',
      ],
      panelSize: { width: 720, height: 400 },
      panels: [
        {
          heading: 'KL on sets that the model never met, by cause, nats',
          options: {
            ...MARGINS,
            x: { label: 'dimension d →', type: 'band', domain: dims },
            y: { label: '↑ KL', grid: true },
            marks: [
              Plot.barY(bars, {
                x: 'd',
                y: 'added',
                fill: cause,
                order: RUNGS.map((rung) => CAUSES[rung].style.light),
              }),
              Plot.ruleY([0]),
              Plot.dot(totals, { x: 'd', y: 'kl', fill: BLACK.light, symbol: 'circle', r: 1.8 }),
            ],
          },
        },
      ],
      legendTitle: 'cause',
      legend: [
        ...RUNGS.toReversed().map((rung) => ({
          label: CAUSES[rung].label,
          style: { ...CAUSES[rung].style, dash: '', symbol: 'square' as const },
        })),
        { label: 'all causes, a seed', style: { ...BLACK, symbol: 'circle' as const } },
      ],
    },
    scheme,
  );
}
