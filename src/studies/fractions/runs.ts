import type { GatheredArtifact } from '../../pipe/pipeline/contract.ts';
import { readRows } from '../../tables/records.ts';
import {
  ANSWER_TABLE,
  BINDINGS,
  type Binding,
  type FractionRun,
  POINT_TABLE,
  PROBE_TABLE,
  PROMPT_TABLE,
  SIZE_TABLE,
} from './tables.ts';

interface Gathered {
  readonly sizes: readonly GatheredArtifact[];
  readonly curves: readonly GatheredArtifact[];
  readonly answers: readonly GatheredArtifact[];
  readonly prompts: readonly GatheredArtifact[];
  readonly probes: readonly GatheredArtifact[];
}

/** @throws Error if a training names no binding, or lacks a table */
export function readRuns(gathered: Gathered): readonly FractionRun[] {
  return gathered.curves.map(({ path, axes }) => {
    const binding = BINDINGS.find((name) => name === axes.binding);
    if (binding === undefined) throw new Error(`there is no binding '${axes.binding}'`);
    const same = (name: Exclude<keyof Gathered, 'curves'>) => {
      const found = gathered[name].find(
        (other) => other.axes.binding === axes.binding && other.axes.seed === axes.seed,
      );
      if (found === undefined)
        throw new Error(`${binding}, seed ${axes.seed}: there are no ${name}`);
      return found.path;
    };
    return {
      binding,
      seed: Number(axes.seed),
      parameters: readRows(same('sizes'), SIZE_TABLE)[0].parameters,
      points: readRows(path, POINT_TABLE),
      answers: readRows(same('answers'), ANSWER_TABLE),
      prompts: readRows(same('prompts'), PROMPT_TABLE),
      probes: readRows(same('probes'), PROBE_TABLE),
    };
  });
}

/** Share of the expressions of a depth that are answered right in the end; NaN if none was asked. */
export function accuracyAt(run: FractionRun, depth: number): number {
  const answers = run.answers.filter((answer) => answer.depth === depth);
  return answers.filter(({ right }) => right === 1).length / answers.length;
}

export function runsOf(runs: readonly FractionRun[], binding: Binding): readonly FractionRun[] {
  return runs.filter((run) => run.binding === binding).sort((a, b) => a.seed - b.seed);
}
