import type { SourceRange } from '../core/diagnostic.ts';
import type { Checker } from '../yaml/checker.ts';
import type { Coordinate, Coordinates } from './contract.ts';
import type { ParamVariant } from './draft.ts';
import type { Grid } from './grid.ts';
import { lookUp, matches, mergeParams, toJson, withCoordinates } from './params.ts';
import type { ResolvedStage } from './resolve.ts';

type PassedCoordinate = readonly [name: string, value: Coordinate, range: SourceRange];

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
    const layers = this.#stage.layers.map((layer) => matches(layer, axes));
    const passed = grid.axes.flatMap((axis, i) => {
      const { coordinates, range } = axis.points[grid.pointIndex(cell, i)];
      return coordinates
        .filter(([name]) => this.#paramKeys.has(name))
        .map(([name, value]): PassedCoordinate => [name, value, range]);
    });
    const key = JSON.stringify([layers, passed.map(([name, value]) => [name, value])]);
    const index = this.#indices.get(key);
    if (index !== undefined) return index;
    this.list.push(this.#build(layers, passed));
    this.#indices.set(key, this.list.length - 1);
    return this.list.length - 1;
  }

  #build(layers: readonly boolean[], passed: readonly PassedCoordinate[]): ParamVariant {
    const applied = this.#stage.layers.filter((_, i) => layers[i]).map(({ params }) => params);
    const declared = mergeParams(applied, this.#stage.nameRange);
    for (const [name] of passed) {
      const { keyRange } = lookUp(declared, [name], this.#stage.nameRange);
      if (keyRange === undefined) continue;
      const message = `an axis already sets param '${name}' of stage '${this.#stage.name}'`;
      this.#check.report(keyRange, message, 'remove it here, or remove the axis from the matrix');
    }
    const node = withCoordinates(declared, passed);
    return { node, params: toJson(node) };
  }
}
