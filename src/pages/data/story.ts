import { VERDICTS } from '../../claims/claim.ts';
import { digits } from '../../claims/rules.ts';
import { meanOverSeeds } from '../../claims/spread.ts';
import type { ReportContext, ReportPage } from '../../pipe/pipeline/contract.ts';
import { cardOf, deckOf } from '../../study/deck/deck.ts';
import { readCounts } from '../../study/evidence/claims.ts';
import { modelName, type RunMetrics, readMetrics } from '../../study/metrics/runs.ts';
import { groupBy } from '../../tables/group-by.ts';
import { CARD_PATTERNS } from '../cards/face.ts';
import { claimPages, storedVerdicts, verdictMark } from './claims.ts';
import { html, type Markup } from './markup.ts';
import { pairsOf } from './pairs.ts';
import { playgroundPages } from './playground.ts';
import { pickedBy } from './rules.ts';
import { storyData } from './story-data.ts';

/** The study's pages: the story, the claims, the playground; without trained models none. */
export function studyPages(context: ReportContext): readonly ReportPage[] {
  const runs = readMetrics(context.artifacts('evaluate', 'metrics'));
  if (runs.length === 0) return [];
  return [storyPage(context, runs), ...playgroundPages(context), ...claimPages(context)];
}

function storyPage(context: ReportContext, all: readonly RunMetrics[]): ReportPage {
  const story = storyData(context, all);
  const runs = all.filter(({ deck }) => deck === story.cards);
  const told: Told = { context, runs, cards: story.cards, games: story.games };
  const page = html`<div class="story">${[
    theQuestion(told),
    theCards(told, story.hasPlayground),
    theGames(told),
    theModels(told),
    theResult(told),
    theSpread(told),
    theQuery(told),
    theFloor(told),
    theWayOut(told),
    theVerdicts(told),
  ]}</div>`;
  return {
    slug: 'story',
    title: 'How many dimensions?',
    html: `${CARD_PATTERNS}${page.html}`,
    scripts: ['src/pages/client/story/main.tsx'],
    data: { story },
  };
}

/** What the story is told of: one deck. */
interface Told {
  readonly context: ReportContext;
  readonly runs: readonly RunMetrics[];
  readonly cards: number;
  readonly games: readonly string[];
}

function theQuestion({ cards }: Told): Markup {
  return html`<p>Search by vectors, and models such as CLIP, score a query and a key by the dot product of two vectors of d
numbers. The model may be as large as it likes: in the end it speaks through d numbers. <strong>How large must d be until
queries can pick out any subset of the keys?</strong> Here the keys are the ${cards} cards of a game, so that the answer can be
counted, trained and checked.</p>`;
}

function theCards({ cards }: Told, hasPlayground: boolean): Markup {
  const deck = deckOf(cards);
  const show = (first: readonly number[], second: readonly number[]) => ({
    html: pickedBy(deck, cardOf(deck, padded(deck, first)), cardOf(deck, padded(deck, second))),
  });
  const more = hasPlayground ? html` <a href="playground.html">Play with it</a>.` : '';
  return html`<h2>A deck and its queries</h2><p>A query is made of cards, too. Two cards pick a third, as in SET: what they share it
has as well, and where they differ it has the value that is left. A card with dashed edges has a wildcard, which picks all
values.${more}</p>
${show([0, 0, 1], [0, 1, 0])}${show([1, 1, 1], [1, deck.values, 1])}`;
}

/** Attributes of a card of a deck, whose smaller relatives lack the last ones. */
function padded({ attributes }: { readonly attributes: number }, values: readonly number[]) {
  return Array.from({ length: attributes }, (_, i) => values[i] ?? 0);
}

const QUERIES: Readonly<Record<string, string>> = {
  set: 'one pair of cards',
  star: 'one pair, the second card with wildcards',
  union: 'several pairs, joined by or',
  symdiff: 'several pairs, joined by or, or by either-or',
  shatter: 'any list of keys',
};

function theGames({ context, cards, games, runs }: Told): Markup {
  const path = context.artifact('count-subsets', 'subset-counts');
  const counts = path === undefined ? [] : readCounts(path);
  const log2Of = (game: string) => {
    const operators = game === 'union' ? 'union' : game === 'symdiff' ? 'both' : null;
    return counts.find(
      (row) =>
        row.deck === cards &&
        row.game === game &&
        row.operators === operators &&
        (row.pairs === null || row.pairs === pairsOf(context, cards, game, runs[0].seed)),
    )?.log2Subsets;
  };
  const rows = games.map((game) => {
    const log2 = log2Of(game);
    const subsets = log2 === undefined ? '–' : html`2<sup>${digits(log2)}</sup>`;
    const trueKeys = meanOverSeeds(runs.filter((run) => run.game === game).map(trueSize));
    return html`<tr><th scope="row"><code>${game}</code></th><td>${QUERIES[game] ?? ''}</td><td class="number">${subsets}</td><td class="number">${digits(trueKeys)}</td></tr>`;
  });
  return html`<h2>From easy to hard</h2><p>The games differ in how many subsets of the ${cards} cards their queries can select. In
<code>shatter</code> that is every subset, 2<sup>${cards}</sup>.</p>
<section class="scroll" tabindex="0" aria-label="games"><table class="plain"><thead><tr><th scope="col">game</th><th scope="col">a query is</th><th scope="col" class="number">subsets it can select</th><th scope="col" class="number">typical answer, cards</th></tr></thead><tbody>${rows}</tbody></table></section>`;
}

/** Number of keys of an answer of average entropy. */
function trueSize({ trueEntropy }: RunMetrics): number {
  return Math.exp(trueEntropy);
}

function theModels({ runs, cards }: Told): Markup {
  const contrastive = runs.filter(({ dim }) => dim !== undefined);
  const others = runs.filter(({ dim }) => dim === undefined);
  const dims = [...new Set(contrastive.map(({ dim }) => dim))].join(', ');
  const seeds = new Set(runs.map(({ seed }) => seed)).size;
  const queries = Math.max(...runs.map((run) => run.queries));
  const share =
    others.length === 0
      ? ''
      : html` The <strong>non-contrastive</strong> one reads query and key together and says one number for each pair. It has
${digits(100 * (meanOf(others, 'parameters') / meanOf(narrowestWide(contrastive, cards), 'parameters')))} % of their size.`;
  return html`<h2>Two kinds of model</h2><p>The <strong>contrastive</strong> models read a query through a transformer, project it to
d numbers, and look up d numbers for each key; the score is the dot product. They differ in d alone: ${dims}.${share} Each was
trained with ${seeds} ${seeds === 1 ? 'seed' : 'seeds'} and asked ${queries} queries that were drawn apart from training.</p>`;
}

/** The runs of the smallest dimension that reaches the number of cards; all where none does. */
function narrowestWide(runs: readonly RunMetrics[], cards: number): readonly RunMetrics[] {
  const dims = runs.flatMap(({ dim }) => (dim !== undefined && dim >= cards ? [dim] : []));
  const least = Math.min(...dims);
  return dims.length === 0 ? runs : runs.filter(({ dim }) => dim === least);
}

function theResult({ context, runs, games }: Told): Markup {
  const hardest = games.at(-1) ?? '';
  const models = byDimension(runs.filter(({ game, dim }) => game === hardest && dim !== undefined));
  const told = models.map(([name, some]) => `${digits(meanOf(some, 'kl'))} for ${name}`);
  return html`<h2>The smaller d, the worse, and more so on harder games</h2><p>KL says in nats how far a prediction is from the even
one over the true keys: 0 is perfect. Top-K overlap is the share of the K best-scored keys that are true, for K true keys.
On <code>${hardest}</code> the mean KL is ${listed(told)}. ${verdictsOn(context, [
    'shatter-fails-below-d-of-cards',
    'union-worse-as-d-shrinks',
    'overlap-mirrors-kl',
  ])}</p>
${figure('by-game')}`;
}

function theSpread({ context }: Told): Markup {
  return html`<h2>Where the prediction goes</h2><p>A model that lacks dimensions does not become silent. It spreads what it predicts:
its entropy rises, and more and more of the prediction lies on keys that are false. ${verdictsOn(
    context,
    ['union-entropy-rises', 'union-mass-drifts-to-false-keys'],
  )}</p>
${figure('by-dimension')}`;
}

function theQuery(_: Told): Markup {
  return html`<h2>One query, key by key</h2><p>Move the slider: d falls, and the mass of one query moves from the true keys (on the left) to
false ones. Every true key should have the same, the dashed line.</p>
${figure('mass')}`;
}

function theFloor({ context }: Told): Markup {
  return html`<h2>Training, or dimension?</h2><p>Is the model badly trained, or can no vectors of d numbers do better? The
<strong>floor</strong> leaves the encoder away: it optimises one vector of d numbers for each key, and one for each answer. A model on
the floor is as good as the best vectors found; what lies between is left to training. ${verdictsOn(context, ['no-model-below-floor'])}</p>
${figure('floors')}`;
}

function theWayOut({ context, runs, games }: Told): Markup {
  const others = runs.filter(({ dim }) => dim === undefined);
  if (others.length === 0) {
    return html`<h2>The way out</h2><p>A model that reads query and key together is under no such limit. This profile has none.</p>`;
  }
  const told = games.map(
    (game) =>
      `${digits(
        meanOf(
          others.filter((run) => run.game === game),
          'kl',
        ),
      )} on ${game}`,
  );
  return html`<h2>The way out</h2><p>The non-contrastive model has no vectors in between, and so no such limit: its mean KL is
${listed(told)}. The price is that no key can be stored as a vector: it has to read every key with every query. ${verdictsOn(
    context,
    ['noncontrastive-does-well', 'noncontrastive-better-than-narrow', 'noncontrastive-half-size'],
  )}</p>`;
}

function theVerdicts({ context }: Told): Markup {
  const judged = storedVerdicts(context);
  const counts = VERDICTS.map((verdict) => {
    const count = judged.filter((claim) => claim.verdict === verdict).length;
    return html` ${verdictMark(verdict)} ${count}`;
  });
  const card =
    judged.length === 0
      ? ''
      : html` On this profile:${counts}. <a href="claims.html">All of them, with rule, evidence and rows</a>.`;
  return html`<h2>How sure is this?</h2><p>Each published statement is a rule that the pipeline checks by these tables, with the
spread between seeds.${card} What is undecided here mostly speaks of other decks or needs more seeds.</p>`;
}

function figure(name: string): Markup {
  return html`<div data-figure="${name}"><p class="muted">The figure needs JavaScript.</p></div>`;
}

/** Links to claims, each with its verdict. */
function verdictsOn(context: ReportContext, names: readonly string[]): readonly Markup[] {
  const judged = storedVerdicts(context);
  return names.flatMap((name) => {
    const claim = judged.find((one) => one.claim === name);
    if (claim === undefined) return [];
    return [
      html`<a class="verdict-link" href="claims.html#${name}">${verdictMark(claim.verdict)} ${name}</a> `,
    ];
  });
}

function byDimension(runs: readonly RunMetrics[]): [string, RunMetrics[]][] {
  return [...groupBy(runs, modelName)].sort(([, [a]], [, [b]]) => (b.dim ?? 0) - (a.dim ?? 0));
}

function meanOf(runs: readonly RunMetrics[], measure: 'kl' | 'parameters'): number {
  return meanOverSeeds(runs.map((run) => run[measure]));
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
