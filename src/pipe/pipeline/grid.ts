import type { Coordinates } from './contract.ts';
import { type CoordinateList, compareCoordinateLists } from './names.ts';
import type { Axis } from './spec.ts';

/** The cells of a stage's matrix: one per combination of its axes' points; the last axis varies fastest. */
export class Grid {
  readonly axes: readonly Axis[];
  readonly size: number;
  readonly #strides: readonly number[];
  #ranks: readonly number[] | undefined;

  /** @param axes sorted by name */
  constructor(axes: readonly Axis[]) {
    this.axes = axes;
    const strides: number[] = [];
    let size = 1;
    for (const axis of [...axes].reverse()) {
      strides.unshift(size);
      size *= axis.points.length;
    }
    this.#strides = strides;
    this.size = size;
  }

  /** Index of a cell's point on an axis. */
  pointIndex(cell: number, axis: number): number {
    return Math.floor(cell / this.#strides[axis]) % this.axes[axis].points.length;
  }

  coordinates(cell: number): CoordinateList {
    return this.axes.flatMap((axis, i) => axis.points[this.pointIndex(cell, i)].coordinates);
  }

  /** Name of a cell's folder. */
  folder(cell: number): string {
    return this.axes.map((axis, i) => axis.points[this.pointIndex(cell, i)].folder).join();
  }

  /**
   * Maps a cell of this grid to the cells of `upstream` with the same points on all shared axes; along
   * the other axes of `upstream` it gathers all cells. Whole points must be equal, so a point without
   * some coordinate joins only with itself. Ordered by coordinates.
   */
  join(upstream: Grid): (cell: number) => readonly number[] {
    const shared = upstream.axes.flatMap((axis, i) => {
      const own = this.axes.findIndex(({ name }) => name === axis.name);
      return own === -1 ? [] : [{ own, stride: upstream.#strides[i] }];
    });
    const names = new Set(this.axes.map(({ name }) => name));
    let offsets = [0];
    for (const [i, axis] of upstream.axes.entries()) {
      if (names.has(axis.name)) continue;
      const steps = axis.points.map((_, point) => point * upstream.#strides[i]);
      offsets = offsets.flatMap((offset) => steps.map((step) => offset + step));
    }
    // The cells of a join differ only in the gathered axes, so every join has the same order.
    const ranks = offsets.length > 1 ? upstream.#cellRanks() : [];
    offsets.sort((a, b) => ranks[a] - ranks[b]);
    return (cell) => {
      let start = 0;
      for (const { own, stride } of shared) start += this.pointIndex(cell, own) * stride;
      return offsets.map((offset) => start + offset);
    };
  }

  /** Each cell's rank in the order of coordinates, independent of the order in the file. */
  #cellRanks(): readonly number[] {
    if (this.#ranks === undefined) {
      const ranks = this.axes.map(({ points }) => {
        const sorted = points
          .map((_, i) => i)
          .sort((a, b) => compareCoordinateLists(points[a].coordinates, points[b].coordinates));
        const rank: number[] = [];
        for (const [place, point] of sorted.entries()) rank[point] = place;
        return rank;
      });
      this.#ranks = Array.from({ length: this.size }, (_, cell) =>
        this.axes.reduce(
          (sum, _axis, i) => sum + ranks[i][this.pointIndex(cell, i)] * this.#strides[i],
          0,
        ),
      );
    }
    return this.#ranks;
  }
}

export function toCoordinates(list: CoordinateList): Coordinates {
  return Object.fromEntries(list);
}
