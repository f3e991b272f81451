import { compile, tf } from '../../src/engine/index.ts';
import { type Sample, timed } from './engine.ts';

const SIZE = 1024;
/** Floating-point operations of one product. */
export const PRODUCT_FLOPS = 2 * SIZE ** 3;

/** Speed of one large product on the engine's own runtime and thread. */
export interface Ceiling {
  measure(products: number): Promise<readonly Sample[]>;
  close(): Promise<void>;
}

export async function openCeiling(): Promise<Ceiling> {
  const matrix = (from: number) => ({
    shape: [SIZE, SIZE],
    dtype: 'float32' as const,
    values: Float32Array.from({ length: SIZE * SIZE }, (_, i) => ((i * from) % 97) / 97),
  });
  const program = await compile(
    {
      inputs: {},
      state: { a: matrix(31), b: matrix(57) },
      step: (_, { a, b }) => ({
        outputs: { product: tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D) },
      }),
    },
    { backend: 'onnxruntime' },
  );
  return {
    measure: (products) => timed(products, () => program.run({})),
    close: () => program.dispose(),
  };
}
