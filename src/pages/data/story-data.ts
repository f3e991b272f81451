import type { ReportContext } from '../../pipe/pipeline/contract.ts';
import { deckOf } from '../../study/deck/deck.ts';
import { readFloors } from '../../study/floor/table.ts';
import { GAMES } from '../../study/games/query-set.ts';
import { readQuerySet } from '../../study/games/query-table.ts';
import { type ModelExample, readExamples } from '../../study/metrics/examples-table.ts';
import { modelName, type RunMetrics } from '../../study/metrics/runs.ts';
import { linkOf } from '../queries/link.ts';
import { queryOf } from '../queries/tokens.ts';
import type { StoryData, StoryExample } from '../story-data.ts';

/** Shares of the deck that are true in the example queries. */
const SHARES = [0.25, 0.5, 0.75];

/** What the figures show, of the smallest deck of some runs. */
export function storyData(context: ReportContext, all: readonly RunMetrics[]): StoryData {
  const cards = Math.min(...all.map(({ deck }) => deck));
  const runs = all.filter(({ deck }) => deck === cards);
  const models = new Map(runs.map((run) => [modelName(run), run.dim]));
  const games = GAMES.filter((game) => runs.some((run) => run.game === game));
  return {
    cards,
    games,
    models: [...models]
      .map(([name, dim]) => ({ name, dim: dim ?? null }))
      .sort((a, b) => (b.dim ?? 0) - (a.dim ?? 0)),
    runs: runs.map((run) => ({
      game: run.game,
      model: modelName(run),
      seed: run.seed,
      kl: run.kl,
      overlap: run.overlap,
      entropy: run.entropy,
      trueEntropy: run.trueEntropy,
      falseMass: run.falseMass,
    })),
    floors: readFloors(context.artifacts('floor', 'floor'))
      .filter(({ deck, dim }) => deck === cards && dim !== undefined)
      .map(({ game, dim, fitted, heldOut }) => ({
        game,
        model: `d = ${dim}`,
        klFitted: fitted.kl,
        kl: heldOut.kl,
        overlapFitted: fitted.overlap,
        overlap: heldOut.overlap,
      })),
    hasPlayground: context.artifacts('export', 'model').length > 0,
    examples: games.flatMap((game) => examplesOf(context, cards, game)),
  };
}

/** Queries of a game with few, some and many true keys; one where all have the same number. */
function examplesOf(context: ReportContext, cards: number, game: string): readonly StoryExample[] {
  const artifacts = context
    .artifacts('evaluate', 'examples')
    .filter(({ axes }) => Number(axes.deck) === cards);
  const bySize = new Map(
    SHARES.map((share) => readExamples(artifacts, game, Math.round(share * cards))).map(
      (models) => [models[0]?.query, models] as const,
    ),
  );
  return [...bySize.values()].flatMap((models) => exampleOf(context, cards, game, models));
}

function exampleOf(
  context: ReportContext,
  cards: number,
  game: string,
  models: readonly ModelExample[],
): readonly StoryExample[] {
  const [first] = models;
  const known = GAMES.find((name) => name === game);
  const seeds = context.artifacts('evaluate', 'examples').map(({ axes }) => Number(axes.seed));
  const seed = Math.min(...seeds);
  const path = context.artifact('build-queries', 'test', { deck: cards, game, seed });
  if (first === undefined || known === undefined || path === undefined) return [];
  const { tokens, sequenceLength: T } = readQuerySet(path);
  const deck = deckOf(cards);
  const query = queryOf(deck, known, tokens.subarray(first.query * T, (first.query + 1) * T));
  return [
    {
      game,
      trueKeys: [...first.isTrue.entries()].flatMap(([key, bit]) => (bit ? key : [])),
      link: `#cards=${cards}&game=${game}&query=${linkOf(deck, query)}`,
      mass: Object.fromEntries(models.map((one) => [modelName(one), [...one.mass]])),
    },
  ];
}
