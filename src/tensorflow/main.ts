// usage: npm run setup:tensorflow [-- gpu]
// Gives tfjs-node the native TensorFlow (docs/backend.md). Exit code 69: the machine lacks what it takes.
import { execaNode } from 'execa';
import { messageOf } from '../engine/step/errors.ts';
import { Unavailable } from './needs.ts';
import { setUpTensorflow } from './set-up.ts';

const UNAVAILABLE = 69;

const [device = 'cpu', ...others] = process.argv.slice(2);
const { PYTHON = 'python3', CXX = 'g++' } = process.env;

if ((device !== 'cpu' && device !== 'gpu') || others.length > 0) {
  console.error('usage: npm run setup:tensorflow [-- cpu|gpu]');
  process.exitCode = 2;
} else {
  try {
    await setUpTensorflow({
      device,
      project: process.cwd(),
      tools: { python: PYTHON, compiler: CXX },
      works: () => works(device),
      log: console.log,
    });
  } catch (cause) {
    console.error(`error: ${messageOf(cause)}`);
    process.exitCode = cause instanceof Unavailable ? UNAVAILABLE : 1;
  }
}

/** In a process of its own, as a library for other processors ends it. */
async function works(wanted: string): Promise<boolean> {
  const { failed } = await execaNode(
    'src/pipe/loader/run.mjs',
    ['src/tensorflow/check.ts', wanted],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
      reject: false,
      nodeOptions: [],
    },
  );
  return !failed;
}
