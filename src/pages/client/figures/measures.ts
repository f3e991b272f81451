/** KL or Top-K overlap, and how it is drawn. */
export type Measure = 'kl' | 'overlap';
export type Scale = 'linear' | 'log';

export const MEASURES: Readonly<Record<Measure, string>> = { kl: 'KL', overlap: 'overlap' };
export const SCALES: Readonly<Record<Scale, string>> = { log: 'log', linear: 'linear' };

/** Smallest value of the logarithmic axis; smaller ones, zeros among them, stand in a row below it. */
const LEAST = 1e-5;
const BELOW = 1e-6;
const TICKS = [BELOW, LEAST, 1e-4, 1e-3, 1e-2, 0.1, 1];

function tickLabel(value: number): string {
  if (value === BELOW) return `< ${LEAST.toExponential()}`;
  return value < 1e-3 ? value.toExponential() : String(value);
}

/** The vertical axis, and where a value is on it. Overlap is always linear. */
export function axisOf(measure: Measure, scale: Scale) {
  if (measure === 'overlap') {
    return {
      y: { label: '↑ mean Top-K overlap', nice: true, grid: true },
      place: (value: number) => value,
    };
  }
  if (scale === 'linear') {
    return {
      y: { label: '↑ mean KL, nats', nice: true, zero: true, grid: true },
      place: (value: number) => value,
    };
  }
  return {
    y: {
      type: 'log' as const,
      label: '↑ mean KL, nats (log)',
      domain: [BELOW, 4],
      ticks: TICKS,
      tickFormat: tickLabel,
      grid: true,
    },
    place: (value: number) => (value < LEAST ? BELOW : value),
  };
}

/** Three significant digits. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value !== 0 && Math.abs(value) < 1e-4) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}

/** NaN without any values. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
