import type { GradConfig, Tensor } from '@tensorflow/tfjs';
import { poolingWindow, type Window, type WindowAttributes } from '../../kernels/windows.ts';
import { runKernel } from '../../tfjs/internals.ts';
import { tf } from '../../tfjs/tf.ts';

/**
 * A mean over part of a window, at the border, divides by fewer numbers than the window has. tfjs's
 * gradient divides by all of them: this corrects its operand.
 */
function averagePool(kernel: string): Omit<GradConfig, 'kernelName'> {
  return {
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attributes) => ({
      x: () => {
        const window = poolingWindow(x.shape, attributes as unknown as WindowAttributes);
        const share = tf.tensor(sharesOf(window), [1, ...window.output, 1]);
        const inputs = { dy: tf.mul(dy as Tensor, share), input: x };
        return runKernel(kernel, inputs, attributes)[0];
      },
    }),
  };
}

/** Numbers of the whole window over those that a window covers. */
function sharesOf({ size, strides, before, input, output }: Window): number[] {
  const perAxis = output.map((count, axis) =>
    Array.from({ length: count }, (_, i) => {
      const start = i * strides[axis] - before[axis];
      const covered = Math.min(start + size[axis], input[axis]) - Math.max(start, 0);
      return covered > 0 ? size[axis] / covered : 0;
    }),
  );
  return perAxis.reduce((list, axis) => list.flatMap((a) => axis.map((b) => a * b)), [1]);
}

export const pooling: Readonly<Record<string, Omit<GradConfig, 'kernelName'>>> = {
  AvgPool: averagePool('AvgPoolGrad'),
  AvgPool3D: averagePool('AvgPool3DGrad'),
};
