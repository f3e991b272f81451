import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { judgeClaims } from '../../src/claims/claim.ts';
import { scorecard } from '../../src/claims/scorecard.ts';
import { writeClaims } from '../../src/claims/table.ts';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { drawPng, drawSvg, type Figure } from '../../src/plots/figure.ts';
import { REACHED, SEQUENCE_CLAIMS } from '../../src/studies/sequences/claims.ts';
import { ablationFigure, tasksFigure } from '../../src/studies/sequences/figures.ts';
import { finalMatch, readRuns, stepsTo } from '../../src/studies/sequences/points.ts';
import { writeRows } from '../../src/tables/records.ts';

interface SequenceResult {
  readonly task: string;
  readonly variant: string;
  readonly seed: number;
  readonly steps: number;
  readonly exactMatch: number;
  /** First step looked at with exact match 0.9. */
  readonly stepsTo90?: number;
}

/** Learning curves of the toy tasks and of the ablations, judged. */
export default defineStage({
  params: z.strictObject({ profile: z.string().min(1) }),
  inputs: { curves: 'many' },
  outputs: {
    sequences: 'sequences.arrow',
    claims: 'sequences-claims.arrow',
    scorecard: 'sequences-scorecard.md',
    svg: 'sequences.svg',
    png: 'sequences.png',
    embeddingSvg: 'embedding-variance.svg',
    embeddingPng: 'embedding-variance.png',
    sameSvg: 'same-query-key.svg',
    samePng: 'same-query-key.png',
    warmUpSvg: 'warm-up.svg',
    warmUpPng: 'warm-up.png',
  },
  run({ params, inputs, outputs }) {
    const runs = readRuns(inputs.curves);
    const results = runs.map((run): SequenceResult => {
      const { task, variant, seed, points } = run;
      const steps = points[points.length - 1].step;
      const reached = stepsTo(points, REACHED);
      const result = { task, variant, seed, steps, exactMatch: finalMatch(run) };
      return reached === undefined ? result : { ...result, stepsTo90: reached };
    });
    writeRows<SequenceResult>(
      outputs.sequences,
      {
        task: 'utf8',
        variant: 'utf8',
        seed: 'int32',
        steps: 'int32',
        exactMatch: 'float64',
        stepsTo90: 'int32',
      },
      results,
    );
    const judged = judgeClaims(SEQUENCE_CLAIMS, runs, params.profile);
    writeClaims(outputs.claims, judged);
    writeFileSync(outputs.scorecard, scorecard('Toy tasks: claims', judged));
    const draw = (svg: string, png: string, figure: Figure) => {
      writeFileSync(svg, drawSvg(figure));
      writeFileSync(png, drawPng(figure));
    };
    draw(outputs.svg, outputs.png, tasksFigure(runs));
    draw(outputs.embeddingSvg, outputs.embeddingPng, ablationFigure(runs, 'variance-1'));
    draw(outputs.sameSvg, outputs.samePng, ablationFigure(runs, 'same-query-key'));
    draw(outputs.warmUpSvg, outputs.warmUpPng, ablationFigure(runs, 'no-warm-up'));
  },
});
