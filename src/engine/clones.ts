import type { Tensor } from '@tensorflow/tfjs';
import type { RecordingBackend } from './recording.ts';
import { tf } from './tf.ts';

/** The part of tfjs's engine that keeps operands for gradients. */
interface Taping {
  clone(x: Tensor): Tensor;
  addTapeNode(
    name: string,
    inputs: Readonly<Record<string, Tensor>>,
    outputs: readonly Tensor[],
    gradients: (dy: Tensor) => Readonly<Record<string, () => Tensor>>,
    saved: readonly Tensor[],
    attributes: object,
  ): void;
}

/**
 * tfjs keeps a clone of every operand and result that a gradient needs, and runs a kernel for each: every
 * fourth kernel of a traced training step, and none of them adds to the graph. With this a clone is one
 * more tensor of the same value, on the tape as before. Returns what undoes it.
 */
export const withoutCloneKernels = (backend: RecordingBackend): (() => void) => {
  const engine = tf.engine();
  const taping = engine as unknown as Taping;
  const { clone } = taping;
  taping.clone = (x) => {
    // Of a tensor of another backend this makes one of this backend.
    backend.symbolOf(x);
    backend.incRef(x.dataId);
    const y = engine.makeTensorFromTensorInfo(x, backend);
    taping.addTapeNode('clone', { x }, [y], (dy) => ({ x: () => tf.clone(dy) }), [], {});
    return y;
  };
  return () => {
    taping.clone = clone;
  };
};
