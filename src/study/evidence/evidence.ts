import { allOf, type Judgement, undecided } from '../../claims/claim.ts';
import type { Group } from '../../claims/rules.ts';
import { type SpreadWithin, spreadWithin } from '../../claims/spread.ts';
import type { GameFloor } from '../floor/table.ts';
import type { Game } from '../games/query-set.ts';
import { modelName, type RunMetrics } from '../metrics/runs.ts';

/** What claims read of a row of the table subset-counts. */
export interface CountEvidence {
  readonly deck: number;
  readonly game: string;
  readonly operators: string | null;
  readonly pairs: number | null;
  readonly log2Subsets: number;
}

/** What the study's claims are checked against. */
export interface StudyEvidence {
  readonly runs: readonly RunMetrics[];
  readonly counts: readonly CountEvidence[];
  readonly floors: readonly GameFloor[];
}

export type Measure = (run: RunMetrics) => number | undefined;

/** The runs of one deck and game, grouped by model. */
export class GameRuns {
  readonly keys: number;
  readonly game: Game;
  readonly #runs: readonly RunMetrics[];

  constructor(runs: readonly RunMetrics[], keys: number, game: Game) {
    this.keys = keys;
    this.game = game;
    this.#runs = runs.filter((run) => run.deck === keys && run.game === game);
  }

  get isEmpty(): boolean {
    return this.#runs.length === 0;
  }

  /** Dimensions, largest first. */
  get dims(): readonly number[] {
    const dims = new Set(this.#runs.flatMap(({ dim }) => dim ?? []));
    return [...dims].sort((a, b) => b - a);
  }

  /** Dimensions below the number of keys, where some subset of the keys is out of reach. */
  get narrow(): readonly number[] {
    return this.dims.filter((dim) => dim < this.keys);
  }

  /** The smallest dimension that is not narrow. */
  get narrowestWide(): number | undefined {
    return this.dims.filter((dim) => dim >= this.keys).at(-1);
  }

  /** One number per seed of the model with this dimension; `undefined` is the non-contrastive one. */
  group(dim: number | undefined, measure: Measure): Group {
    const runs = this.#runs.filter((run) => run.dim === dim);
    const name = runs.length === 0 ? `d = ${dim}` : modelName(runs[0]);
    return { name, values: runs.flatMap((run) => measure(run) ?? []) };
  }

  /**
   * How much models of this game differ by their seed alone: the contrastive ones, and with
   * `everyModel` the non-contrastive one too.
   */
  spread(measure: Measure, everyModel = false): SpreadWithin {
    const models = everyModel ? [...this.dims, undefined] : this.dims;
    return spreadWithin(models.map((dim) => this.group(dim, measure).values));
  }

  has(dim: number | undefined): boolean {
    return this.#runs.some((run) => run.dim === dim);
  }
}

/** The deck that claims about five games look at: the smallest of the profile. */
export function deckOfRuns({ runs }: StudyEvidence): number {
  return Math.min(...runs.map(({ deck }) => deck));
}

/**
 * Judges the runs of a game; undecided if there are none.
 *
 * @param only number of keys of the deck that the statement is about; by default the smallest deck
 */
export function onGame(
  evidence: StudyEvidence,
  game: Game,
  judge: (runs: GameRuns) => Judgement,
  only?: number,
): Judgement {
  const deck = only ?? deckOfRuns(evidence);
  const runs = new GameRuns(evidence.runs, deck, game);
  if (!runs.isEmpty) {
    const { verdict, evidence: numbers } = judge(runs);
    return { verdict, evidence: `${game}: ${numbers}` };
  }
  const decks = [...new Set(evidence.runs.map((run) => run.deck))].join(' and ');
  if (only !== undefined && decks !== String(only)) {
    return undecided(`the statement is about ${only} cards, this profile has ${decks || 'none'}`);
  }
  return undecided(`this profile has no runs of ${game}`);
}

/** `onGame` for several games together. */
export function onGames(
  evidence: StudyEvidence,
  games: readonly Game[],
  judge: (runs: GameRuns) => Judgement,
  only?: number,
): Judgement {
  const parts = games.map((game) => onGame(evidence, game, judge, only));
  const reasons = new Set(parts.map((part) => part.evidence));
  return reasons.size === 1 ? parts[0] : allOf(parts);
}
