import { tf } from '../../../src/engine/index.ts';
import { random } from '../recording/both-backends.ts';

/** A model with a loss, and a batch to train it on. */
export interface Example {
  readonly model: tf.LayersModel;
  readonly x: tf.Tensor;
  readonly y: tf.Tensor;
}

const SAMPLES = 20;
let seed = 0;
const start = () => tf.initializers.glorotNormal({ seed: ++seed });

function classes(): tf.Tensor {
  const labels = Array.from({ length: SAMPLES }, (_, i) => (i * 7) % 3);
  return tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), 3), 'float32');
}

function classifier(model: tf.LayersModel, shape: number[]): Example {
  // Adam would turn the rounding errors of gradients that are zero into whole steps.
  const optimizer = tf.train.momentum(0.05, 0.9);
  model.compile({ optimizer, loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  return { model, x: random([SAMPLES, ...shape]), y: classes() };
}

const softmax = () =>
  tf.layers.dense({ units: 3, activation: 'softmax', kernelInitializer: start() });

function recurrent(layer: tf.layers.Layer): Example {
  return classifier(tf.sequential({ layers: [layer, softmax()] }), [5, 3]);
}

const recurrentOptions = () => ({
  units: 4,
  kernelInitializer: start(),
  recurrentInitializer: start(),
});
const lstm = (options: object = {}) => tf.layers.lstm({ ...recurrentOptions(), ...options });

/** Each call makes a model with the same weights. */
export const NETWORKS: Readonly<Record<string, () => Example>> = {
  'a convolutional network with batch normalisation and dropout': () =>
    classifier(
      tf.sequential({
        layers: [
          tf.layers.conv2d({
            filters: 4,
            kernelSize: 3,
            inputShape: [8, 8, 2],
            kernelInitializer: start(),
            kernelRegularizer: 'l1l2',
          }),
          tf.layers.batchNormalization(),
          tf.layers.activation({ activation: 'relu' }),
          tf.layers.maxPooling2d({ poolSize: 2 }),
          tf.layers.flatten(),
          tf.layers.dropout({ rate: 0.3, seed: 5 }),
          softmax(),
        ],
      }),
      [8, 8, 2],
    ),
  'an LSTM': () => recurrent(lstm({ inputShape: [5, 3] })),
  'a GRU': () => recurrent(tf.layers.gru({ ...recurrentOptions(), inputShape: [5, 3] })),
  'a bidirectional LSTM': () =>
    recurrent(
      tf.layers.bidirectional({
        layer: lstm() as tf.RNN,
        mergeMode: 'concat',
        inputShape: [5, 3],
      }),
    ),
  attention: () => {
    const input = tf.input({ shape: [5, 4] });
    const [query, key, value] = [1, 2, 3].map(
      () =>
        tf.layers.dense({ units: 4, kernelInitializer: start() }).apply(input) as tf.SymbolicTensor,
    );
    const scores = tf.layers.dot({ axes: [2, 2] }).apply([query, key]) as tf.SymbolicTensor;
    const weights = tf.layers.softmax({ axis: -1 }).apply(scores) as tf.SymbolicTensor;
    const mixed = tf.layers.dot({ axes: [2, 1] }).apply([weights, value]) as tf.SymbolicTensor;
    const sum = tf.layers.add().apply([mixed, input]) as tf.SymbolicTensor;
    const normal = tf.layers.layerNormalization().apply(sum) as tf.SymbolicTensor;
    const pooled = tf.layers.globalAveragePooling1d({}).apply(normal) as tf.SymbolicTensor;
    const outputs = softmax().apply(pooled) as tf.SymbolicTensor;
    return classifier(tf.model({ inputs: input, outputs }), [5, 4]);
  },
  'embeddings of words': () => {
    const layers = [
      tf.layers.embedding({
        inputDim: 6,
        outputDim: 4,
        inputLength: 5,
        embeddingsInitializer: start(),
      }),
      tf.layers.globalAveragePooling1d({}),
      softmax(),
    ];
    const { model, y } = classifier(tf.sequential({ layers }), [5]);
    const words = Array.from({ length: SAMPLES * 5 }, (_, i) => (i * i) % 6);
    return { model, x: tf.tensor2d(words, [SAMPLES, 5]), y };
  },
  'constrained weights and a frozen layer': () => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({
          units: 6,
          inputShape: [4],
          kernelInitializer: start(),
          trainable: false,
        }),
        tf.layers.dense({
          units: 3,
          kernelInitializer: start(),
          kernelConstraint: 'maxNorm',
          biasConstraint: 'nonNeg',
        }),
      ],
    });
    model.compile({ optimizer: tf.train.rmsprop(0.01), loss: 'meanSquaredError' });
    return { model, x: random([SAMPLES, 4]), y: classes() };
  },
};

export function network(name: keyof typeof NETWORKS): Example {
  seed = 0;
  return NETWORKS[name]();
}

/** A small dense model, which is not compiled with a loss. */
export function dense(...layers: tf.layers.Layer[]): tf.Sequential {
  seed = 0;
  return tf.sequential({
    layers: [
      tf.layers.dense({
        units: 5,
        inputShape: [4],
        activation: 'tanh',
        kernelInitializer: start(),
      }),
      ...layers,
      softmax(),
    ],
  });
}

export function denseBatch(): Pick<Example, 'x' | 'y'> {
  return { x: random([SAMPLES, 4]), y: classes() };
}

/** All weights of a model, one after the other. */
export function weightsOf(model: tf.LayersModel): number[] {
  return model.getWeights().flatMap((weight) => [...weight.dataSync()]);
}
