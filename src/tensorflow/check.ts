// usage: node src/pipe/loader/run.mjs src/tensorflow/check.ts cpu|gpu
// Loads the native TensorFlow and multiplies two matrices.
import { messageOf } from '../engine/step/errors.ts';
import { loadTensorflow } from '../engine/tfjs/tensorflow.ts';
import { tf } from '../engine/tfjs/tf.ts';

const [expected] = process.argv.slice(2);
const SIZE = 64;

try {
  const { tensorflow, device } = loadTensorflow();
  await tf.setBackend('tensorflow');
  const ones = tf.ones<tf.Rank.R2>([SIZE, SIZE]);
  const [sum] = tf.sum(tf.matMul(ones, ones)).dataSync();
  if (sum !== SIZE ** 3) throw new Error(`a product of matrices is wrong: ${sum}`);
  console.log(`TensorFlow ${tensorflow} works on the ${device}, on Node ${process.version}`);
  if (device !== expected) console.log('no GPU answers; TF_CPP_MAX_VLOG_LEVEL=1 says why');
} catch (cause) {
  console.error(`error: ${messageOf(cause)}`);
  process.exitCode = 1;
}
