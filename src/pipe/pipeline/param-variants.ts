import type { Checker } from '../core/diagnostic.ts';
import { Place } from '../yaml/place.ts';
import type { Coordinates } from './contract.ts';
import type { ParamVariant } from './draft.ts';
import type { Params } from './grammar.ts';
import type { Grid } from './grid.ts';
import { matches, mergeParams, rangeOfParam, valueAt } from './params.ts';
import type { ResolvedStage } from './resolve.ts';
import type { Located } from './spec.ts';

/** The distinct params of a stage's instances, each built once. */
export class ParamVariants {
  readonly list: ParamVariant[] = [];
  readonly #check: Checker;
  readonly #stage: ResolvedStage;
  readonly #paramKeys: ReadonlySet<string>;
  readonly #indices = new Map<string, number>();

  constructor(check: Checker, stage: ResolvedStage, paramKeys: readonly string[]) {
    this.#check = check;
    this.#stage = stage;
    this.#paramKeys = new Set(paramKeys);
  }

  /** Index of the params of an instance. */
  indexFor(cell: number, grid: Grid, axes: Coordinates): number {
    const layers = this.#stage.layers.filter(
      ({ condition }) => condition === undefined || matches(condition, axes),
    );
    // Mistakes in a coordinate are reported at its value of the axis.
    const passed = grid.axes.map((axis, i): Located<Params> => {
      const { coordinates, place } = axis.points[grid.pointIndex(cell, i)];
      const own = coordinates.filter(([name]) => this.#paramKeys.has(name));
      return { value: Object.fromEntries(own), place: new Place(() => place.range) };
    });
    const applied = layers.map((layer) => this.#stage.layers.indexOf(layer));
    const key = JSON.stringify([applied, passed.map(({ value }) => value)]);
    const index = this.#indices.get(key);
    if (index !== undefined) return index;
    const declared = layers.map(({ params }) => params);
    this.#checkPassed(declared, passed);
    const all = [...declared, ...passed];
    this.list.push({ layers: all, params: mergeParams(all) });
    this.#indices.set(key, this.list.length - 1);
    return this.list.length - 1;
  }

  #checkPassed(declared: readonly Located<Params>[], passed: readonly Located<Params>[]): void {
    const { name: stage, place } = this.#stage;
    for (const name of passed.flatMap(({ value }) => Object.keys(value))) {
      if (declared.every(({ value }) => valueAt(value, [name]) === undefined)) continue;
      const range = rangeOfParam(declared, [name], place.key, 'key');
      const message = `an axis already sets param '${name}' of stage '${stage}'`;
      const hint = 'remove it here, or remove the axis from the matrix';
      this.#check.report(range, message, hint);
    }
  }
}
