/**
 * Everything that depends on how tfjs-core works inside: its engine's state, tape and scopes. Written
 * for 4.22; look here first when another version misbehaves. (`op-errors.ts` reads its stacks and
 * messages.)
 */
import type {
  DataId,
  KernelBackend,
  NamedAttrMap,
  Tensor,
  TensorInfo,
  Variable,
} from '@tensorflow/tfjs';
import { tf } from './tf.ts';

/** Whether tfjs still holds the tensor, on any backend: false once it has been disposed of. */
export function holdsTensor(dataId: DataId): boolean {
  return tf.engine().state.tensorInfo.has(dataId);
}

/** Whether no op and no `tf.tidy` is running: tfjs opens a scope for each, inside one of its own. */
export function isBetweenOps(): boolean {
  return tf.engine().state.scopeStack.length <= 1;
}

/** A Tensor of data that a backend already stores. */
export function tensorOf(info: TensorInfo, backend: KernelBackend): Tensor {
  return tf.engine().makeTensorFromTensorInfo(info, backend);
}

/** Runs a kernel; one output is a list as well. */
export function runKernel(
  name: string,
  inputs: Record<string, Tensor>,
  attributes: object,
): Tensor[] {
  return [tf.engine().runKernel(name, inputs, attributes as NamedAttrMap)].flat();
}

/** The part of tfjs's engine that keeps operands for gradients. */
interface Tape {
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
 * Makes tfjs clone tensors without running a kernel. tfjs clones every operand and result that a
 * gradient needs: every fourth kernel of a traced training step, and none of them adds to the graph.
 * With this a clone is one more tensor of the same data, on the tape as before.
 *
 * @param takeOver makes the data of a tensor the backend's own, if it is another's, and counts one more reference
 * @returns a function that restores tfjs
 */
export function cloneWithoutKernels(
  backend: KernelBackend,
  takeOver: (x: Tensor) => void,
): () => void {
  const tape = tf.engine() as unknown as Tape;
  const { clone } = tape;
  tape.clone = (x) => {
    takeOver(x);
    const y = tensorOf(x, backend);
    tape.addTapeNode('clone', { x }, [y], (dy) => ({ x: () => tf.clone(dy) }), [], {});
    return y;
  };
  return () => {
    tape.clone = clone;
  };
}

/** What happens to variables inside of a traced step; the callbacks may throw. */
export interface VariableHooks {
  create(): never;
  assign(variable: Variable, value: Tensor): void;
}

/** @returns a function that restores tfjs */
export function interceptVariables(hooks: VariableHooks): () => void {
  const engine = tf.engine();
  const { makeVariable } = engine;
  const { assign } = tf.Variable.prototype;
  engine.makeVariable = () => hooks.create();
  tf.Variable.prototype.assign = function (value) {
    hooks.assign(this, value);
  };
  return () => {
    engine.makeVariable = makeVariable;
    tf.Variable.prototype.assign = assign;
  };
}
