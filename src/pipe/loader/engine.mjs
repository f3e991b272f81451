// What `import 'shatter/engine'` loads: src/engine, transpiled once into this package's own cache.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from './roots.mjs';
import { takeSnapshot } from './snapshot.mjs';

const { folder } = await takeSnapshot({ projectRoot: packageRoot, packageRoot });
const entry = pathToFileURL(join(folder, 'src/engine/index.js')).href;

/** @type {typeof import('../../engine/index.ts')} */
const engine = await import(entry);

export const {
  adam,
  clipByGlobalNorm,
  compile,
  describeBackends,
  either,
  EngineError,
  globalNorm,
  inSlices,
  inverseDeviation,
  layerNorm,
  momentum,
  muon,
  orthogonalise,
  saveOnnx,
  sgd,
  softmax,
  tf,
  valueAndGradients,
} = engine;
