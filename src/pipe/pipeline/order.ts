import type { InputSpec } from './spec.ts';

interface StageInputs {
  readonly inputs: ReadonlyMap<string, InputSpec>;
}

/** The stages in topological order, or the inputs that form a cycle. */
export type Order =
  | { readonly stages: readonly string[] }
  | { readonly cycle: readonly { readonly stage: string; readonly input: InputSpec }[] };

/** Keeps the order of declaration where inputs allow it. Inputs from unknown stages are ignored. */
export function orderStages(stages: ReadonlyMap<string, StageInputs>): Order {
  const done = new Set<string>();
  for (const start of stages.keys()) {
    if (done.has(start)) continue;
    // Depth-first without recursion: a long chain would overflow the call stack.
    const path = [visit(start)];
    const onPath = new Map([[start, 0]]);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const input = top.pending.pop();
      if (input === undefined) {
        done.add(top.stage);
        onPath.delete(top.stage);
        path.pop();
        continue;
      }
      top.input = input;
      const from = onPath.get(input.stage);
      if (from !== undefined) {
        const cycle = path.slice(from);
        return { cycle: cycle.map(({ stage, input: via }) => ({ stage, input: via ?? input })) };
      }
      if (done.has(input.stage) || !stages.has(input.stage)) continue;
      onPath.set(input.stage, path.length);
      path.push(visit(input.stage));
    }
  }
  return { stages: [...done] };

  function visit(stage: string) {
    const pending = [...(stages.get(stage)?.inputs.values() ?? [])].reverse();
    return { stage, pending, input: undefined as InputSpec | undefined };
  }
}
