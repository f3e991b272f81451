import type { SymbolicTensor, Trace } from '../symbol.ts';

/** Named operands of a kernel; tfjs numbers those of a list (`Concat`, `Pack`, `AddN`). */
export type Operands = Readonly<Record<string, SymbolicTensor>>;

/** Attributes as tfjs-core passes them, by kernel. */
export type KernelAttributes = Readonly<Record<string, unknown>>;

/** Records one tfjs kernel as operators of the graph. */
export type Kernel = (
  operands: Operands,
  attributes: KernelAttributes,
  trace: Trace,
) => SymbolicTensor | readonly SymbolicTensor[];

export type Kernels = Readonly<Record<string, Kernel>>;
