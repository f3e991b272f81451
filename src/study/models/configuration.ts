import type { Similarity } from './similarity.ts';

/** Size of the transformer; the same for every model family, except that the non-contrastive one has half the layers. */
export interface EncoderConfiguration {
  readonly layers: number;
  /** w: numbers per token between layers (`d_model`). */
  readonly width: number;
  /** Attention heads; must divide `width`. */
  readonly heads: number;
  /** Hidden units of the feed-forward layers. */
  readonly feedForward: number;
  /** How a query's tokens become one vector: their mean, or the `start` token's vector. */
  readonly pooling: 'mean' | 'start';
}

/**
 * How queries are laid out. `pairs`: `start c1 c2 op c1 c2 ... end` with N slots for pairs
 * (T = 3N + 1). `members`: an unordered list of cards, padded at the end.
 */
export type QueryLayout =
  | { readonly kind: 'pairs'; readonly pairs: number }
  | { readonly kind: 'members' };

/** Everything that determines a model's parameters and what it computes; stored with its weights. */
export interface ModelConfiguration {
  /** `contrastive`: score = query vector · key vector. `noncontrastive`: score = network(query, key). */
  readonly model: 'contrastive' | 'noncontrastive';
  /** d: dimension of the query and key vectors. Contrastive only. */
  readonly dim?: number;
  /** K: number of keys of the deck. */
  readonly keys: number;
  /** v: values per attribute. */
  readonly values: number;
  readonly layout: QueryLayout;
  readonly encoder: EncoderConfiguration;
  /** Keys start uniform in ± keyScale / d. Contrastive only. */
  readonly keyScale: number;
  /** Score of two vectors; by default their dot product. Contrastive only. */
  readonly similarity?: Similarity;
}

/** Largest distance between positions with an entry of its own in the attention bias; farther ones share it. */
export const FARTHEST = 6;
