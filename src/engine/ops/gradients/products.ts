import type { GradConfig, NamedAttrMap, Tensor, Tensor5D } from '@tensorflow/tfjs';
import { runKernel } from '../../tfjs/internals.ts';
import { tf } from '../../tfjs/tf.ts';
import { unbroadcast } from './broadcast.ts';

/** Of products whose batches broadcast. */
const batchMatMul: Omit<GradConfig, 'kernelName'> = {
  inputsToSave: ['a', 'b'],
  gradFunc: (dy, saved, attributes) => {
    const [a, b] = saved;
    const { transposeA, transposeB } = attributes as NamedAttrMap & Record<string, boolean>;
    const g = dy as Tensor;
    const ofA = (): Tensor =>
      transposeA ? tf.matMul(b, g, transposeB, true) : tf.matMul(g, b, false, !transposeB);
    const ofB = (): Tensor =>
      transposeB ? tf.matMul(g, a, true, transposeA) : tf.matMul(a, g, !transposeA, false);
    return { a: () => unbroadcast(ofA(), a.shape), b: () => unbroadcast(ofB(), b.shape) };
  },
};

/** Of one operand: the product of the output's gradient and the other operand. */
function operandGradient(
  dy: Tensor,
  output: string,
  x: Tensor,
  term: string,
  other: { readonly x: Tensor; readonly term: string } | undefined,
): Tensor {
  const letters = [...term];
  const isKnown = (letter: string) => output.includes(letter) || other?.term.includes(letter);
  const known = letters.filter(isKnown);
  const gradient =
    other === undefined
      ? tf.einsum(`${output}->${known.join('')}`, dy)
      : tf.einsum(`${output},${other.term}->${known.join('')}`, dy, other.x);
  // A letter of this operand alone was summed over: each of its numbers has the same gradient.
  const kept = x.shape.map((size, axis) => (isKnown(letters[axis]) ? size : 1));
  return tf.broadcastTo(tf.reshape(gradient, kept), x.shape);
}

const einsum: Omit<GradConfig, 'kernelName'> = {
  saveAllInputs: true,
  gradFunc: (dy, saved, attributes) => {
    const { equation } = attributes as NamedAttrMap & { equation: string };
    const [left, output] = equation.replaceAll(' ', '').split('->');
    const terms = left.split(',');
    return Object.fromEntries(
      terms.map((term, i) => {
        const other = terms.length > 1 ? { x: saved[1 - i], term: terms[1 - i] } : undefined;
        return [i, () => operandGradient(dy as Tensor, output, saved[i], term, other)];
      }),
    );
  },
};

/** tfjs gives the transposed convolution of images a gradient, but not that of volumes. */
const conv3dTranspose: Omit<GradConfig, 'kernelName'> = {
  inputsToSave: ['dy', 'filter'],
  gradFunc: (g, [dy, filter], attributes) => {
    const { strides, pad } = attributes as unknown as { strides: number; pad: 'valid' | 'same' };
    const gradient = g as Tensor5D;
    const filterAttributes = { strides, pad, filterShape: filter.shape };
    return {
      dy: () => tf.conv3d(gradient, filter as Tensor5D, strides, pad),
      filter: () => runKernel('Conv3DBackpropFilterV2', { x: gradient, dy }, filterAttributes)[0],
    };
  },
};

export const products = {
  Conv3DBackpropInputV2: conv3dTranspose,
  BatchMatMul: batchMatMul,
  Einsum: einsum,
};
