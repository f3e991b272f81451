import { present } from '../core/collections.ts';
import { type Diagnostic, sortDiagnostics } from '../core/diagnostic.ts';
import type { Json } from '../core/json.ts';
import type { Draft, StageDraft } from './draft.ts';
import type { Graph, Instance, ParsedParams, StageDirectory } from './graph.ts';
import { paramDiagnostics } from './param-issues.ts';

/** By stage, the verdict of its schema on each variant of its params, in order. */
type Verdicts = Readonly<Record<string, readonly ParsedParams[]>>;

/** Validates the params of a draft with the stages' schemas. Asks each stage file once. */
export async function parseParams({ stages }: Draft, directory: StageDirectory): Promise<Verdicts> {
  const paramsOf = new Map<string, Json[]>();
  const starts = stages.map(({ stage, variants }) => {
    const list = paramsOf.get(stage.module.value) ?? [];
    paramsOf.set(stage.module.value, list);
    const start = list.length;
    for (const { params } of variants) list.push(params);
    return start;
  });
  const verdictsOf = new Map<string, readonly ParsedParams[]>();
  await Promise.all(
    [...paramsOf].map(async ([module, params]) => {
      verdictsOf.set(module, await directory.parseParams(module, params));
    }),
  );
  return Object.fromEntries(
    stages.map(({ stage, variants }, i) => {
      const verdicts = verdictsOf.get(stage.module.value) ?? [];
      return [stage.name, verdicts.slice(starts[i], starts[i] + variants.length)];
    }),
  );
}

/** Turns a draft into a graph; diagnostics if a schema rejected params. */
export function complete(draft: Draft, verdicts: Verdicts): Graph | readonly Diagnostic[] {
  const diagnostics = draft.stages.flatMap((stage) =>
    stage.variants.flatMap((variant, i) => {
      const verdict = verdicts[stage.stage.name][i];
      return verdict.ok ? [] : paramDiagnostics(stage, variant, verdict);
    }),
  );
  if (diagnostics.length > 0) return sortDiagnostics(diagnostics);
  const instances = draft.stages.flatMap((stage) => instancesOf(stage, verdicts[stage.stage.name]));
  return { profile: draft.profile, instances };
}

function instancesOf(
  { stage, description, instances }: StageDraft,
  verdicts: readonly ParsedParams[],
): readonly Instance[] {
  const { name, module, command, env, group, resources, retries, timeout, backoff, axes } = stage;
  const after = [...new Set(axes.flatMap(({ source }) => source?.stage ?? []))];
  const shared = present({
    stage: name,
    module: module.value,
    outputs: description.outputs,
    resources,
    retries,
    command,
    env: env.length === 0 ? undefined : env.toSorted(),
    group,
    after: after.length === 0 ? undefined : after,
    sharesProcess: stage.sharesProcess ? (true as const) : undefined,
    timeout,
    backoff,
  });
  return instances.flatMap(({ variant, ...instance }): readonly Instance[] => {
    const verdict = verdicts[variant];
    if (!verdict.ok) return [];
    const { params, cost } = verdict;
    return [{ ...instance, ...shared, params, ...(cost && { cost }) }];
  });
}
