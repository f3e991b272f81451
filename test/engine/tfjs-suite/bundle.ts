import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { execa } from 'execa';

/** What a test of tfjs-core's suite did. */
export interface TestResult {
  readonly name: string;
  /** `passed`, `failed` or, if tfjs itself turned it off, `pending`. */
  readonly status: string;
  readonly messages: readonly string[];
}

const ROOT = join(import.meta.dirname, '../../..');

/** Runs tfjs-core's suite in a process of its own. */
export async function runSuite(folder: string): Promise<TestResult[]> {
  const bundle = join(ROOT, 'node_modules/.cache/tfjs-suite/suite.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'suite.ts')],
    outfile: bundle,
    bundle: true,
    format: 'esm',
    platform: 'node',
    // The modules' sources: their CommonJS builds have no tests.
    mainFields: ['module', 'main'],
    // The package says that its tests have no side effects.
    ignoreAnnotations: true,
    external: [
      'onnxruntime-node',
      'jasmine-core',
      'jasmine-core/*',
      'node-fetch',
      '@tensorflow/tfjs-backend-wasm',
    ],
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
    logLevel: 'error',
  });
  const out = join(folder, 'results.json');
  await execa(process.execPath, [bundle, out], { stdio: 'ignore' });
  return JSON.parse(await readFile(out, 'utf8')) as TestResult[];
}
