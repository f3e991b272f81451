// Types and not interfaces: what a page's data holds has to be JSON.

/** What the browser code of the story reads as `report.load('story')`. */
export type StoryData = {
  /** Number of cards of the deck that the story is about. */
  readonly cards: number;
  /** From easy to hard. */
  readonly games: readonly string[];
  readonly models: readonly StoryModel[];
  readonly runs: readonly StoryRun[];
  readonly floors: readonly StoryFloor[];
  readonly examples: readonly StoryExample[];
  /** Whether there is a page playground.html. */
  readonly hasPlayground: boolean;
};

/** A model of the figures; the widest first, the non-contrastive one last. */
export type StoryModel = {
  /** E.g. `d = 27`. */
  readonly name: string;
  /** `null` for the non-contrastive one. */
  readonly dim: number | null;
};

/** Means over the test queries of one trained model. */
export type StoryRun = {
  readonly game: string;
  readonly model: string;
  readonly seed: number;
  readonly kl: number;
  readonly overlap: number;
  readonly entropy: number;
  /** Entropy of a perfect prediction. */
  readonly trueEntropy: number;
  readonly falseMass: number;
};

/** What vectors of d numbers can reach at best; the sets that were fitted, and others. */
export type StoryFloor = {
  readonly game: string;
  readonly model: string;
  readonly klFitted: number;
  readonly kl: number;
  readonly overlapFitted: number;
  readonly overlap: number;
};

/** A test query and every model's prediction for it. */
export type StoryExample = {
  readonly game: string;
  readonly trueKeys: readonly number[];
  /** The part of the playground's address that asks for this query. */
  readonly link: string;
  /** By model name. // each [K] */
  readonly mass: { readonly [model: string]: readonly number[] };
};
