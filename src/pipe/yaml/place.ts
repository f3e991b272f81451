import type { SourceRange } from '../core/diagnostic.ts';

/** A key of a mapping or an index of a list. */
export type Step = string | number;

type Locate = (path: readonly Step[], part: 'key' | 'value') => SourceRange;

/** Where a value is declared; looked up only when a diagnostic needs it. */
export class Place {
  readonly #locate: Locate;
  readonly #path: readonly Step[];

  constructor(locate: Locate, path: readonly Step[] = []) {
    this.#locate = locate;
    this.#path = path;
  }

  /** The place of what is inside; of as much of the path as exists. */
  at(...path: readonly Step[]): Place {
    return new Place(this.#locate, [...this.#path, ...path]);
  }

  /** Of the value. */
  get range(): SourceRange {
    return this.#locate(this.#path, 'value');
  }

  /** Of the value's key; in a list of the value itself. */
  get key(): SourceRange {
    return this.#locate(this.#path, 'key');
  }
}
