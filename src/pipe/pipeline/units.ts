const DURATIONS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const PREFIXES = ['', 'K', 'M', 'G', 'T'];

/** Milliseconds of e.g. `90s`, `1.5h` or `1h30m`. */
export function durationOf(text: string): number {
  const parts = [...text.matchAll(/([\d.]+)([a-z]+)/g)];
  return parts.reduce((total, [, amount, unit]) => total + Number(amount) * DURATIONS[unit], 0);
}

/** Bytes of e.g. `512MB` or `1.5 GiB`. */
export function sizeOf(text: string): number {
  const [, amount, prefix, binary] = /^([\d.]+) ?([KMGT]?)(i?)B$/i.exec(text) ?? [];
  const base = binary === '' ? 1000 : 1024;
  return Math.round(Number(amount) * base ** PREFIXES.indexOf(prefix.toUpperCase()));
}
