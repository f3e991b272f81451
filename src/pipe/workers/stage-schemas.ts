import type { ZodType } from 'zod';
import { type JsonSchema, openParams } from '../pipeline/open-params.ts';
import { loadFailure, loadStage } from './loaded-stage.ts';
import type { LoadFailure, StageSchema } from './protocol.ts';

/** What editors are told about stages, as their current code says. */
export async function readSchemas(
  folder: string,
  modules: readonly string[],
): Promise<Readonly<Record<string, StageSchema | LoadFailure>>> {
  const entries = modules.map(async (module) => [module, await readSchema(folder, module)]);
  return Object.fromEntries(await Promise.all(entries));
}

async function readSchema(folder: string, module: string): Promise<StageSchema | LoadFailure> {
  try {
    const { inputs = {}, outputs = {}, params } = await loadStage(folder, module);
    const schema = schemaOf(params);
    return { inputs, outputs, ...(schema === undefined ? {} : { params: schema }) };
  } catch (error) {
    return loadFailure(error);
  }
}

/** By the project's own zod, which alone knows what its version declares. */
function schemaOf(params: ZodType): JsonSchema | undefined {
  const { toJSONSchema } = params as Partial<ZodType>;
  if (typeof toJSONSchema !== 'function') return undefined;
  return openParams(
    params.toJSONSchema({
      target: 'draft-07',
      io: 'input',
      unrepresentable: 'any',
    }) as JsonSchema,
  );
}
