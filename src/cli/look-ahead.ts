import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Graph, InstanceId } from '../pipeline/graph.ts';
import { type Assessment, assessAll } from '../runner/assess.ts';
import type { Project } from '../runner/project.ts';
import { selectInstances } from '../runner/selection.ts';

type Assessments = ReadonlyMap<InstanceId, Assessment>;

/**
 * Looks at what a run without targets has to do by the graph as it most likely is, while a worker starts
 * that has to confirm it.
 */
export class LookAhead {
  readonly #graph: Graph;
  readonly #assessments: Promise<Assessments | undefined>;

  constructor(project: Project, graph: Graph) {
    this.#graph = graph;
    this.#assessments = look(project, graph);
  }

  /** What was found, if the graph is the expected one. */
  async at({ instances }: Graph): Promise<Assessments | undefined> {
    return instances === this.#graph.instances ? await this.#assessments : undefined;
  }
}

async function look(project: Project, graph: Graph): Promise<Assessments | undefined> {
  try {
    // The question to the worker goes out first.
    await nextTurn();
    const { cache, codeOf } = project;
    const { instances } = selectInstances(graph, []);
    const known = cache.untouched(graph, instances, codeOf);
    const found = await assessAll(cache, instances, codeOf, () => false, known);
    // Needed in the end, and slow to load.
    await import('../runner/runs/table.ts');
    return found;
  } catch {
    // It comes up again, and is told, where it is looked at in earnest.
    return undefined;
  }
}
