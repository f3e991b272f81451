import type { Selection } from '../current/selection.ts';
import { type Survey, survey } from '../current/survey.ts';
import type { Emit } from '../events/events.ts';
import { assertRawThere } from '../inputs/missing.ts';
import type { Graph, InstanceId } from '../pipeline/graph.ts';
import { Plan } from '../pipeline/plan.ts';
import type { SessionOptions } from './options.ts';

/** What a run does at once: all that was known of the pipeline. A table that it makes may lead to more. */
export interface Round {
  readonly graph: Graph;
  readonly selection: Selection;
  readonly survey: Survey;
  /** Whether an instance runs although nothing changed. */
  readonly isForced: (id: InstanceId) => boolean;
}

/** @param hasRun whether the run has made an instance already: that is not forced again */
export async function surveyRound(
  { project, force }: SessionOptions,
  { graph, selection }: Pick<Round, 'graph' | 'selection'>,
  hasRun: (id: InstanceId) => boolean = () => false,
): Promise<Round> {
  const isForced = (id: InstanceId) => force && selection.targets.has(id) && !hasRun(id);
  const known = await survey(project, graph, selection, force ? isForced : undefined);
  return { graph, selection, survey: known, isForced };
}

/**
 * What the tables that a run has made lead to.
 * @returns `undefined` if that is nothing more
 * @throws {DiagnosticsError} where the values in a table are of no use
 */
export async function nextRound(
  options: SessionOptions,
  { graph, selection }: Round,
  hasRun: (id: InstanceId) => boolean,
): Promise<Round | undefined> {
  const { project, reload, signal, drain, emit } = options;
  if (reload === undefined || signal.aborted || drain?.signal.aborted === true) return undefined;
  // A table that was made again may have other values.
  const isAhead = selection.isOpen || graph.mapped?.some(({ stage }) => hasRun(stage)) === true;
  if (!isAhead) return undefined;
  const next = await reload();
  if (textOf(next.graph) === textOf(graph)) return undefined;
  warnOfRepeats(next.graph, emit, graph);
  const round = await surveyRound(options, next, hasRun);
  await assertRawThere(project.cache.raw, round.survey.instances);
  return round;
}

/** Of axes whose values were not known before. */
export function warnOfRepeats({ mapped = [] }: Graph, emit: Emit, before?: Graph): void {
  const known = new Set(before?.mapped?.map(({ repeats }) => repeats));
  for (const { repeats } of mapped) {
    if (repeats !== undefined && !known.has(repeats)) emit({ type: 'warning', message: repeats });
  }
}

function textOf(graph: Graph): string | undefined {
  return graph instanceof Plan ? graph.text : undefined;
}
