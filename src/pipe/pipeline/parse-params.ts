import type { Json } from '../core/json.ts';
import type { Draft } from './expand.ts';
import type { ParsedParams, StageDirectory } from './graph.ts';

/**
 * Has the params of a draft checked by the stages' schemas. Each stage file is asked once, however
 * many stages use it.
 *
 * @returns by stage, one verdict for each of its variants, in order
 */
export async function parseParams(
  { stages }: Draft,
  directory: StageDirectory,
): Promise<Readonly<Record<string, readonly ParsedParams[]>>> {
  const asked = new Map<string, Json[]>();
  const starts = stages.map(({ stage, variants }) => {
    const list = asked.get(stage.module.value) ?? [];
    asked.set(stage.module.value, list);
    const start = list.length;
    for (const { params } of variants) list.push(params);
    return start;
  });
  const verdicts = new Map<string, readonly ParsedParams[]>();
  await Promise.all(
    [...asked].map(async ([module, params]) => {
      verdicts.set(module, await directory.parseParams(module, params));
    }),
  );
  return Object.fromEntries(
    stages.map(({ stage, variants }, i) => {
      const own = verdicts.get(stage.module.value) ?? [];
      return [stage.name, own.slice(starts[i], starts[i] + variants.length)];
    }),
  );
}
