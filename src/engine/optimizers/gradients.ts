import type { Scalar, Tensor } from '@tensorflow/tfjs';
import { recordingBackend } from '../recording/register.ts';
import type { NamedTensors } from '../step/step.ts';
import { tf } from '../tfjs/tf.ts';
import { currentScaling } from './loss-scale.ts';
import { mapNamed } from './optimizer.ts';

/**
 * Value and gradients of a scalar function of named tensors. In a step of low precision the gradients are
 * computed of a scaled loss.
 */
export function valueAndGradients(
  loss: (parameters: NamedTensors) => Tensor,
  parameters: NamedTensors,
): { readonly value: Scalar; readonly gradients: NamedTensors } {
  const names = Object.keys(parameters);
  const scaling = currentScaling();
  const { value, grads } = tf.valueAndGrads((...tensors: Tensor[]) => {
    const unscaled = loss(
      Object.fromEntries(names.map((name, i) => [name, tensors[i]])),
    ).asScalar();
    return scaling === undefined ? unscaled : tf.mul(unscaled, scaling.scale).asScalar();
  })(names.map((name) => parameters[name]));
  const gradients = Object.fromEntries(names.map((name, i) => [name, grads[i]]));
  if (scaling === undefined) return { value: value as Scalar, gradients };
  for (const gradient of grads) scaling.areFinite.push(tf.all(tf.isFinite(gradient)));
  return {
    value: tf.div(value, scaling.scale) as Scalar,
    gradients: mapNamed(gradients, (gradient) => tf.div(gradient, scaling.scale)),
  };
}

/**
 * Gradients scaled down so that their joint Euclidean norm is at most `limit`, and the norm before.
 *
 * @param norm the norm, if it is known: that of the gradients one by one, where `gradients` are packed
 */
export function clipByGlobalNorm(
  gradients: NamedTensors,
  limit: number,
  norm: Scalar = globalNorm(gradients),
): { readonly gradients: NamedTensors; readonly norm: Scalar } {
  const scale = tf.div(limit, tf.maximum(norm, limit));
  return { gradients: mapNamed(gradients, (g) => tf.mul(g, scale)), norm };
}

/**
 * Joint Euclidean norm of all tensors, summed in the order in which they were traced. ONNX Runtime
 * computes the first terms of a sum first, and an update needs this norm before anything else, so each
 * weight gradient is computed as early as possible. In another order ONNX Runtime would go down to the
 * first layer before it computed a single weight gradient, and keep the operands of all of them.
 */
export function globalNorm(tensors: NamedTensors): Scalar {
  const backend = recordingBackend();
  const inOrder = Object.values(tensors).sort(
    (a, b) => backend.traceOrderOf(a) - backend.traceOrderOf(b),
  );
  return tf.sqrt(tf.addN(inOrder.map((g) => tf.sum(tf.square(g))))) as Scalar;
}
