// Types and not interfaces: what a page's data holds has to be JSON.

/** What the playground's browser code reads as `report.load('playground')`. */
export type PlaygroundData = {
  /** The seed of all models. */
  readonly seed: number;
  readonly games: readonly PlayableGame[];
};

/** One game on one deck, with its trained models. */
export type PlayableGame = {
  readonly game: string;
  /** Number of cards of the deck. */
  readonly cards: number;
  /** Pairs of a query; 0 for `shatter`. */
  readonly pairs: number;
  /** The widest first, the non-contrastive one last. */
  readonly models: readonly PlayableModel[];
};

export type PlayableModel = {
  /** E.g. `d = 27`. */
  readonly name: string;
  /** Name of its ONNX file in the page's data. */
  readonly file: string;
};

/** Name of ONNX Runtime's WebAssembly in the page's data. */
export const RUNTIME = 'runtime.wasm';
