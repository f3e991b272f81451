import loadHighs, { type Highs, type Model } from 'highs';

/** Integer coordinates from -`SPAN` to `SPAN`, so that a separation can be verified exactly. // [n][d] */
export type Points = readonly (readonly number[])[];

/** A power of two: dividing by it gives the solver coordinates from -1 to 1 without rounding. */
export const SPAN = 2 ** 20;

// The package's types describe its CommonJS build; an ES import yields the function itself.
const load = loadHighs as unknown as typeof loadHighs.default;
let loaded: Promise<Highs> | undefined;

/** Weights, at most 1 in size, are rounded to multiples of 1 / SCALE: far below the solver's tolerance. */
const SCALE = 2 ** 40;

/**
 * Decides which labelings of some points a hyperplane separates, with a linear program that always
 * has an optimum: the largest margin t such that w · x >= t where the label is positive and
 * w · x <= -t where it is negative, with weights from -1 to 1. One program serves all labelings.
 */
export class Separator {
  readonly #highs: Highs;
  readonly #model: Model;
  /** With a bias, each point has `SPAN` appended, which the solver sees as 1. */
  readonly #points: Points;

  private constructor(highs: Highs, points: Points) {
    this.#highs = highs;
    this.#points = points;
    const n = points.length;
    const d = points[0].length;
    this.#model = highs.createModel({
      // The variables are w and, last, t.
      numCols: d + 1,
      numRows: n,
      sense: highs.constants.objectiveSense.maximize,
      colCost: Float64Array.from({ length: d + 1 }, (_, i) => (i === d ? 1 : 0)),
      colLower: Float64Array.from({ length: d + 1 }, (_, i) => (i === d ? 0 : -1)),
      colUpper: new Float64Array(d + 1).fill(1),
      rowLower: new Float64Array(n),
      rowUpper: new Float64Array(n).fill(highs.infinity),
      matrix: {
        format: 'csr',
        numRows: n,
        numCols: d + 1,
        starts: Int32Array.from({ length: n + 1 }, (_, i) => i * (d + 1)),
        indices: Int32Array.from({ length: n * (d + 1) }, (_, i) => i % (d + 1)),
        values: Float64Array.from(points.flatMap((point) => [...point.map((x) => x / SPAN), -1])),
      },
    });
    this.#model.options.set({ output_flag: false });
  }

  /** @param bias whether the hyperplane may miss the origin */
  static async of(points: Points, bias: boolean): Promise<Separator> {
    loaded ??= load();
    return new Separator(await loaded, bias ? points.map((point) => [...point, SPAN]) : points);
  }

  /**
   * Whether some hyperplane has all positive points strictly on one side and all others strictly on
   * the other. `true` is proved: the solver's weights, rounded to integers, separate the points in
   * integer arithmetic. `false` means that there is no margin above the solver's tolerance (1e-7).
   *
   * @throws Error if the solver finds no optimum
   */
  separates(labels: readonly boolean[]): boolean {
    const { infinity, constants } = this.#highs;
    const t = this.#points[0].length;
    labels.forEach((positive, i) => {
      this.#model.changeCoefficient(i, t, positive ? -1 : 1);
      this.#model.changeRowBounds(i, positive ? 0 : -infinity, positive ? infinity : 0);
    });
    this.#model.run();
    const status = this.#model.getModelStatus();
    if (status !== constants.modelStatus.optimal) {
      throw new Error(
        `the solver found no optimum for ${labels.length} points in ${t} dimensions (status ${status})`,
      );
    }
    return this.#isVerified(this.#model.getSolution().colValue.slice(0, t), labels);
  }

  dispose(): void {
    this.#model.dispose();
  }

  #isVerified(weights: ArrayLike<number>, labels: readonly boolean[]): boolean {
    const integers = Array.from(weights, (w) => BigInt(Math.round(w * SCALE)));
    return this.#points.every((point, i) => {
      const score = point.reduce((sum, x, j) => sum + BigInt(x) * integers[j], 0n);
      return labels[i] ? score > 0n : score < 0n;
    });
  }
}
