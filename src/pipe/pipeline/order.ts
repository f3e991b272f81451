import type { InputSpec } from './spec.ts';

/** What ordering needs to know about a stage. */
interface Reader {
  readonly inputs: ReadonlyMap<string, InputSpec>;
}

/** Stages such that each comes after those it reads from, or the inputs that go round in a circle. */
export type Order =
  | { readonly stages: readonly string[] }
  | { readonly cycle: readonly { readonly stage: string; readonly input: InputSpec }[] };

/**
 * Keeps the order of declaration where the inputs leave a choice. Inputs that name no stage are
 * passed over.
 */
export function orderStages(stages: ReadonlyMap<string, Reader>): Order {
  const done = new Set<string>();
  for (const start of stages.keys()) {
    if (done.has(start)) continue;
    // Depth first without recursion: a chain may be longer than the call stack is deep.
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
        const round = path.slice(from);
        return { cycle: round.map(({ stage, input: via }) => ({ stage, input: via ?? input })) };
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
