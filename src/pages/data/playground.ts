import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { ReportContext, ReportPage } from '../../pipe/pipeline/contract.ts';
import { modelName, type RunMetrics, readMetrics } from '../../study/metrics/runs.ts';
import { groupBy } from '../../tables/group-by.ts';
import { CARD_PATTERNS } from '../cards/face.ts';
import {
  type PlayableGame,
  type PlayableModel,
  type PlaygroundData,
  RUNTIME,
} from '../playground-data.ts';
import { pairsOf } from './pairs.ts';
import { rulesOfTheGames } from './rules.ts';

const SCRIPT = 'src/pages/client/playground/main.tsx';

/**
 * A page where the trained models of the smallest seed answer a reader's queries; none where no model has
 * been exported.
 */
export function playgroundPages(context: ReportContext): readonly ReportPage[] {
  const seeds = context.artifacts('export', 'model').map(({ axes }) => Number(axes.seed));
  if (seeds.length === 0) return [];
  const seed = Math.min(...seeds);
  const files: Record<string, Uint8Array> = {};
  const runs = readMetrics(context.artifacts('evaluate', 'metrics'));
  const ofSeed = runs.filter((run) => run.seed === seed);
  const games = [...groupBy(ofSeed, ({ deck, game }) => `${deck} ${game}`).values()].flatMap(
    (ofGame): PlayableGame[] => {
      const [{ deck: cards, game }] = ofGame;
      const pairs = pairsOf(context, cards, game, seed);
      const models = ofGame.flatMap((run): PlayableModel[] => {
        const path = context.artifact('export', 'model', axesOf(run));
        if (path === undefined) return [];
        const file = `${cards}-${game}-${run.dim ?? run.model}.onnx`;
        files[file] = readFileSync(path);
        return [{ name: modelName(run), file }];
      });
      if (models.length === 0 || pairs === undefined) return [];
      return [{ game, cards, pairs, models }];
    },
  );
  if (games.length === 0) return [];
  const playground: PlaygroundData = { seed, games };
  return [
    {
      slug: 'playground',
      title: 'Playground',
      html: `${CARD_PATTERNS}
<p>Make a query by hand, or draw another one. The trained models (seed ${seed}) read it here, in your browser, and say
which of the ${games[0].cards} cards it selects.</p>
<div id="playground"><p>The playground needs JavaScript. It is loading …</p></div>
${rulesOfTheGames()}`,
      scripts: [SCRIPT],
      data: { playground, [RUNTIME]: runtime(), ...files },
    },
  ];
}

/** The coordinates of a run that tell it from others. */
function axesOf({ deck, game, model, dim, seed }: RunMetrics) {
  return { deck, game, model, seed, ...(dim === undefined ? {} : { dim }) };
}

/** ONNX Runtime for browsers. */
function runtime(): Uint8Array {
  const require = createRequire(import.meta.url);
  return readFileSync(require.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'));
}
