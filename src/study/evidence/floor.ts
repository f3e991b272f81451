import { type Claim, type Judgement, undecided } from '../../claims/claim.ts';
import { digits } from '../../claims/rules.ts';
import type { GameFloor } from '../floor/table.ts';
import { modelName, type RunMetrics } from '../metrics/runs.ts';
import type { StudyEvidence } from './evidence.ts';

/** Largest difference that the sampling of answer sets and test queries explains: KL in nats, overlap as a share. */
const TOLERANCE = 0.01;

/** That no trained model is better than the floor. */
export const FLOOR_CLAIMS: readonly Claim<StudyEvidence>[] = [
  {
    name: 'no-model-below-floor',
    statement:
      'No contrastive model does better than key and query vectors of its dimension that are optimised freely (arXiv 2508.21038).',
    rule: `KL of every run at least the fitted floor less ${TOLERANCE}, overlap at most the fitted floor plus ${TOLERANCE}; one run beyond fails`,
    judge: ({ runs, floors }) => judgeFloors(runs, floors),
  },
];

function judgeFloors(runs: readonly RunMetrics[], floors: readonly GameFloor[]): Judgement {
  const compared = runs.flatMap((run) => {
    const floor = floors.find(
      ({ deck, game, dim }) => deck === run.deck && game === run.game && dim === run.dim,
    );
    if (run.dim === undefined || floor === undefined || !Number.isFinite(run.kl)) return [];
    return [{ run, fitted: floor.fitted, above: run.kl - floor.fitted.kl }];
  });
  if (compared.length === 0) return undecided('no contrastive run has a floor to compare with');
  const beyond = compared.filter(
    ({ run, fitted }) => run.kl < fitted.kl - TOLERANCE || run.overlap > fitted.overlap + TOLERANCE,
  );
  const describe = ({ run, fitted }: (typeof compared)[number]) =>
    `${modelName(run)} on ${run.game}: KL ${digits(run.kl)}, floor ${digits(fitted.kl)}, ` +
    `overlap ${digits(run.overlap)}, floor ${digits(fitted.overlap)}`;
  if (beyond.length > 0) {
    return { verdict: 'fails', evidence: beyond.map(describe).join('; ') };
  }
  const closest = compared.reduce((a, b) => (b.above < a.above ? b : a));
  const searched = compared.filter(({ fitted }) => fitted.kl > 0).length;
  return {
    verdict: 'holds',
    evidence:
      `${compared.length} runs, ${searched} of them against a floor above 0; ` +
      `closest: ${describe(closest)}`,
  };
}
