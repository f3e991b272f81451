import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Json } from '../core/json.ts';
import type { AnyStage } from '../pipeline/contract.ts';
import type { ParsedParams } from '../pipeline/graph.ts';
import { stageFailure } from './failure.ts';
import { findNotJson } from './not-json.ts';
import type { Described, LoadFailure } from './protocol.ts';

/**
 * @param folder of the compiled stage modules
 * @throws when the module throws, or exports no stage
 */
export async function loadStage(folder: string, module: string): Promise<AnyStage> {
  const path = join(folder, `${module}.js`);
  // Where a package.json makes `.js` no module, the snapshot has `.mjs`.
  const url = pathToFileURL(existsSync(path) ? path : path.replace(/js$/, 'mjs')).href;
  const { default: stage } = (await import(url)) as { readonly default?: AnyStage };
  if (typeof stage?.run !== 'function' || typeof stage.params?.safeParse !== 'function') {
    throw new Error(
      `stages/${module}.ts must export a stage as its default: export default defineStage({ params, inputs, outputs, run })`,
    );
  }
  return stage;
}

export async function describeStage(folder: string, module: string): Promise<Described[string]> {
  try {
    const { inputs = {}, outputs = {}, params } = await loadStage(folder, module);
    const { shape = {} } = params as { readonly shape?: object };
    return { inputs, outputs, paramKeys: Object.keys(shape) };
  } catch (error) {
    return loadFailure(error);
  }
}

export async function parseParams(
  folder: string,
  module: string,
  params: readonly Json[],
): Promise<readonly ParsedParams[] | LoadFailure> {
  try {
    const stage = await loadStage(folder, module);
    return params.map((value) => parseOne(stage, value));
  } catch (error) {
    return loadFailure(error);
  }
}

function parseOne(stage: AnyStage, value: Json): ParsedParams {
  const parsed = stage.params.safeParse(value);
  if (parsed.success) {
    const fault = findNotJson(parsed.data);
    if (fault !== undefined) {
      const message = `the schema turns it into ${fault.what}, which cannot be part of the key; make that in run`;
      return { ok: false, issues: [{ path: fault.path, message }] };
    }
    const params = parsed.data as Json;
    return stage.cost === undefined
      ? { ok: true, params }
      : { ok: true, params, cost: stage.cost(params as never) };
  }
  const issues = parsed.error.issues.map(({ path, message }) => ({
    path: path.map((step) => (typeof step === 'symbol' ? String(step) : step)),
    message,
  }));
  return { ok: false, issues };
}

export function loadFailure(error: unknown): LoadFailure {
  const { message, stack } = stageFailure(error);
  return { error: message, ...(stack === undefined ? {} : { stack }) };
}
