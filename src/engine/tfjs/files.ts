import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { io } from '@tensorflow/tfjs';
import { EngineError, messageOf } from '../step/errors.ts';
import { tf } from './tf.ts';

const SCHEME = 'file://';
const WEIGHTS = 'weights.bin';

/**
 * Lets `file://` URLs name models, as tfjs-node does: `model.save('file://FOLDER')` writes `model.json` and
 * `weights.bin`, `tf.loadLayersModel` and `tf.loadGraphModel` read `file://FOLDER/model.json`.
 */
export function registerFiles(): void {
  tf.io.registerSaveRouter((url) => handlerOf(url, saveModel));
  tf.io.registerLoadRouter((url) => handlerOf(url, loadModel));
}

function handlerOf(url: string | string[], make: (path: string) => io.IOHandler): io.IOHandler {
  const isOurs = typeof url === 'string' && url.startsWith(SCHEME) && !hasTensorflow();
  return (isOurs ? make(pathOf(url)) : null) as io.IOHandler;
}

/** tfjs-node has a handler of its own, and tfjs refuses two. */
function hasTensorflow(): boolean {
  return tf.engine().findBackendFactory('tensorflow') !== null;
}

/** Relative paths, which are no URLs, are allowed as in tfjs-node. */
function pathOf(url: string): string {
  const rest = url.slice(SCHEME.length);
  return rest.startsWith('/') ? fileURLToPath(url) : rest;
}

function saveModel(folder: string): io.IOHandler {
  return {
    async save(artifacts) {
      const { weightData, weightSpecs = [], ...rest } = artifacts;
      const weightsManifest = [{ paths: [WEIGHTS], weights: weightSpecs }];
      const json = { ...rest, weightsManifest };
      const weights = tf.io.CompositeArrayBuffer.join(weightData);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, WEIGHTS), new Uint8Array(weights));
      await writeFile(join(folder, 'model.json'), JSON.stringify(json));
      return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
    },
  };
}

function loadModel(path: string): io.IOHandler {
  return {
    async load() {
      try {
        const json = JSON.parse(await readFile(path, 'utf8')) as io.ModelJSON;
        return await tf.io.getModelArtifactsForJSON(json, async (manifest) => {
          const specs = manifest.flatMap(({ weights }) => weights);
          const files = manifest.flatMap(({ paths }) => paths);
          const parts = await Promise.all(files.map((name) => readFile(join(dirname(path), name))));
          const { buffer, byteOffset, byteLength } = Buffer.concat(parts);
          return [specs, buffer.slice(byteOffset, byteOffset + byteLength)];
        });
      } catch (cause) {
        throw new EngineError(`cannot load the model ${path}: ${messageOf(cause)}`, { cause });
      }
    },
  };
}
