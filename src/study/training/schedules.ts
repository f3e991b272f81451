/** Learning rate over a training: a rise to the peak, then half a cosine down to zero. */
export interface RateSchedule {
  readonly peak: number;
  /** Steps until the peak is reached. */
  readonly warmUp: number;
  /** Steps of the whole training. */
  readonly steps: number;
  /**
   * How the rate rises: by equal amounts (`linear`, the default) or by equal factors from a
   * thousandth of the peak (`log`), which spends more steps at small rates.
   */
  readonly rise?: 'linear' | 'log';
  /** How it falls after that: half a `cosine` (the default), or not at all. */
  readonly fall?: 'cosine' | 'none';
}

const LOG_RISE = 1000;

/** Learning rate of a step, counted from 0. */
export function learningRate(schedule: RateSchedule, step: number): number {
  const { peak, warmUp, steps, rise, fall } = schedule;
  const progress = Math.min(1, (step + 1) / Math.max(1, warmUp));
  const warmth = rise === 'log' ? LOG_RISE ** (progress - 1) : progress;
  const decay = fall === 'none' ? 1 : 0.5 * (1 + Math.cos((Math.PI * step) / steps));
  return peak * warmth * decay;
}
