import { setImmediate as nextTurn } from 'node:timers/promises';
import { selectInstances } from '../../current/selection.ts';
import { type Survey, survey } from '../../current/survey.ts';
import type { Graph } from '../../pipeline/graph.ts';
import type { Project } from '../../project/project.ts';

/**
 * Loads the graph for a run without targets. After an edit a worker has to start to confirm that the graph
 * is what it was; meanwhile this surveys it.
 */
export async function loadAndSurvey(
  project: Project,
  profile: string | undefined,
  sets: readonly string[],
): Promise<{ readonly graph: Graph; readonly found: Survey | undefined }> {
  let likely: Graph | undefined;
  let early: Promise<Survey | undefined> | undefined;
  const graph = await project.load(profile, sets, (expected) => {
    likely = expected;
    // The worker is asked first. An error of the survey is raised again by the run's own.
    early = nextTurn()
      .then(() => survey(project, expected, selectInstances(expected, []), false))
      .catch(() => undefined);
  });
  return { graph, found: graph === likely ? await early : undefined };
}
