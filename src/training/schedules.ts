/** Learning rate over a training: linear warm-up to the peak, then half a cosine down to zero. */
export interface RateSchedule {
  readonly peak: number;
  /** Steps until the peak is reached. */
  readonly warmUp: number;
  /** Steps of the whole training. */
  readonly steps: number;
}

/** Learning rate of a step, counted from 0. */
export function learningRate({ peak, warmUp, steps }: RateSchedule, step: number): number {
  const rise = Math.min(1, (step + 1) / Math.max(1, warmUp));
  return peak * rise * 0.5 * (1 + Math.cos((Math.PI * step) / steps));
}
