/** Small integer points, scaled well above rounding. */
export function grid(points: readonly (readonly number[])[]): readonly (readonly number[])[] {
  return points.map((point) => point.map((x) => x * 1024));
}
