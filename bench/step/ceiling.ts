import { compile, tf } from '../../src/engine/index.ts';

const SIZE = 1024;

/** Speed of one large product on the engine's own runtime and thread. */
export interface Ceiling {
  /** @returns GFLOP/s of each of some products */
  measure(products: number): Promise<readonly number[]>;
  close(): Promise<void>;
}

export const openCeiling = async (): Promise<Ceiling> => {
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
    async measure(products) {
      const speeds: number[] = [];
      for (let i = 0; i < products; i++) {
        const start = performance.now();
        await program.run({});
        speeds.push((2 * SIZE ** 3) / (performance.now() - start) / 1e6);
      }
      return speeds;
    },
    close: () => program.dispose(),
  };
};
