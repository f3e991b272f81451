import type { Tensor2D } from '@tensorflow/tfjs';
import type { NamedSpecs, NamedTensors } from '../../engine/index.ts';
import type { ModelConfiguration } from './configuration.ts';

/** A batch of queries as the models read it. B queries of T tokens. */
export interface QueryTensors {
  /** Token ids. // [B, T] int32 */
  readonly tokens: Tensor2D;
  /** Which slot each token belongs to, N for `start` and `end`; absent for members. // [B, T] int32 */
  readonly slots?: Tensor2D;
  /** 1 for a token, 0 for padding; absent where nothing is padded. // [B, T] */
  readonly present?: Tensor2D;
}

/** Specs of the inputs that hold a batch of `size` queries of `length` tokens. */
export function querySpecs(model: ModelConfiguration, size: number, length: number): NamedSpecs {
  const tokens = { shape: [size, length], dtype: 'int32' } as const;
  if (model.layout.kind === 'members') {
    return { tokens, present: { shape: [size, length], dtype: 'float32' } };
  }
  return { tokens, slots: { shape: [size, length], dtype: 'int32' } };
}

/** The inputs of `querySpecs` as the models take them. */
export function queryTensors(inputs: NamedTensors): QueryTensors {
  const tokens = inputs.tokens as Tensor2D;
  if (inputs.present !== undefined) return { tokens, present: inputs.present as Tensor2D };
  return { tokens, slots: inputs.slots as Tensor2D };
}
