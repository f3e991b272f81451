import { stream } from '../../../src/random/streams.ts';

/** n normally distributed numbers, the same for the same names. */
export const gaussian = (n: number, ...names: (string | number)[]) => {
  const random = stream(1, 'binding-test', ...names);
  return Float64Array.from({ length: n }, () => random.normal());
};
/** `count` such vectors. */
export const several = (count: number, n: number, name: string) =>
  Array.from({ length: count }, (_, i) => gaussian(n, name, i));
