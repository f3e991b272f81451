/**
 * Whether all numbers are the same one. A plain loop: gradients start from whole tensors of ones, of millions of numbers.
 */
export function isSplat(values: ArrayLike<number>): boolean {
  const { length } = values;
  for (let i = 1; i < length; i++) if (values[i] !== values[0]) return false;
  // 0 and -0 are equal but differ.
  return length > 0 && (values[0] !== 0 || haveSameSign(values));
}

function haveSameSign(zeros: ArrayLike<number>): boolean {
  const isNegative = Object.is(zeros[0], -0);
  for (let i = 1; i < zeros.length; i++) if (Object.is(zeros[i], -0) !== isNegative) return false;
  return true;
}
