import type { Tensor2D } from '@tensorflow/tfjs';

/** A batch of queries as the models read it. */
export interface QueryTensors {
  /** Token ids. // [B, T] int32 */
  readonly tokens: Tensor2D;
  /** Which slot each token belongs to, N for `start` and `end`; absent for members. // [B, T] int32 */
  readonly slots?: Tensor2D;
  /** 1 for a token, 0 for padding; absent where nothing is padded. // [B, T] */
  readonly present?: Tensor2D;
}
