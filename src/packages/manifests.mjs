/** The package.json of each published package; versions are those of the checkout's own. */

/**
 * @typedef {{
 *   version: string, license: string,
 *   engines: Record<string, string>,
 *   dependencies: Record<string, string>,
 *   optionalDependencies: Record<string, string>,
 *   devDependencies: Record<string, string>,
 * }} Root
 */

/** @param {Root} root */
export function pipeManifest({ version, license, engines, dependencies }) {
  return {
    name: '@shatter/pipe',
    version,
    description: 'Runs TypeScript pipelines: only what changed, decided by content',
    license,
    type: 'module',
    engines,
    bin: { pipe: 'pipe.js' },
    exports: {
      '.': { types: './index.d.ts', default: './index.js' },
      './package.json': './package.json',
    },
    types: './index.d.ts',
    files: ['*.js', '*.map', 'client', 'starter', '**/*.d.ts', 'THIRD-PARTY-LICENSES'],
    dependencies: pick(dependencies, '@viz-js/viz', 'apache-arrow', 'esbuild'),
    // Stages declare their params with the project's own; the runner's schemas bring theirs in the bundle.
    peerDependencies: { zod: '^4.0.0' },
  };
}

/** @param {Root} root */
export function createPipeManifest({ version, license, engines }) {
  return {
    name: '@shatter/create-pipe',
    version,
    description: 'Starts a pipeline that @shatter/pipe runs: npm create @shatter/pipe',
    license,
    type: 'module',
    engines,
    bin: { 'create-pipe': 'create-pipe.js' },
    files: ['*.js', 'starter'],
  };
}

/** @param {Root} root */
export function engineManifest(root) {
  const { version, license, engines, dependencies, optionalDependencies, devDependencies } = root;
  const wasm = '@tensorflow/tfjs-backend-wasm';
  const gpu = '@tensorflow/tfjs-node-gpu';
  return {
    name: '@shatter/engine',
    version,
    description: 'TensorFlow.js at native speed: training steps traced once, run by ONNX Runtime',
    license,
    type: 'module',
    engines,
    exports: {
      '.': { types: './index.d.ts', default: './index.js' },
      './package.json': './package.json',
    },
    types: './index.d.ts',
    files: ['*.js', '*.map', '**/*.d.ts'],
    dependencies: pick(dependencies, 'onnxruntime-node'),
    peerDependencies: {
      '@tensorflow/tfjs': compatible(dependencies['@tensorflow/tfjs']),
      [wasm]: compatible(devDependencies[wasm]),
      [gpu]: compatible(optionalDependencies[gpu]),
    },
    peerDependenciesMeta: { [wasm]: { optional: true }, [gpu]: { optional: true } },
  };
}

/** @param {Record<string, string>} versions @param {string[]} names */
function pick(versions, ...names) {
  return Object.fromEntries(names.map((name) => [name, versions[name]]));
}

/** @param {string} version */
function compatible(version) {
  return `^${version}`;
}
