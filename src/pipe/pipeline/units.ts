const DURATIONS = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

const SIZES = new Map([
  ['B', 1],
  ['kB', 1e3],
  ['KB', 1e3],
  ['MB', 1e6],
  ['GB', 1e9],
  ['TB', 1e12],
  ['KiB', 2 ** 10],
  ['MiB', 2 ** 20],
  ['GiB', 2 ** 30],
  ['TiB', 2 ** 40],
]);

export const DURATION = /^(\d+(\.\d+)?(ms|s|m|h|d))+$/;
export const SIZE = /^(\d+(?:\.\d+)?) ?(B|[kKMGT]B|[KMGT]iB)$/;

/** Milliseconds of e.g. `90s`, `1.5h` or `1h30m`; `undefined` unless it is a positive duration. */
export function parseDuration(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (DURATIONS.get(unit) ?? 0);
  }
  return positive(total);
}

/** Bytes of e.g. `512MB` or `1.5 GiB`; `undefined` unless it is a positive size. */
export function parseSize(text: string): number | undefined {
  const match = SIZE.exec(text);
  const unit = match && SIZES.get(match[2]);
  return match && unit ? positive(Math.round(Number(match[1]) * unit)) : undefined;
}

function positive(value: number): number | undefined {
  return value > 0 && Number.isSafeInteger(Math.ceil(value)) ? value : undefined;
}
