import type { Tensor } from '@tensorflow/tfjs';
/**
 * `f` of slices of some tensors along their first axis, its results joined along theirs: the same as
 * `f` of the whole, up to rounding, for an `f` that treats what lies along the first axis one by one. A slice whose
 * tensors stay in the processor's cache from one operation to the next takes less time.
 *
 * @param inputs tensors with equal first axes
 * @param count how many slices, equal up to one row; 1 is `f(inputs)`
 */
export declare const inSlices: <Inputs extends object, T extends Tensor>(inputs: Inputs, count: number, f: (slice: Inputs) => T) => T;
