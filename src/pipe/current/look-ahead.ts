import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Graph } from '../pipeline/graph.ts';
import { type Findings, lookAt } from './findings.ts';
import { selectInstances } from './selection.ts';

/**
 * Looks at what a run without targets has to do by the graph as it most likely is, while a worker starts
 * that has to confirm it.
 */
export class LookAhead {
  readonly #graph: Graph;
  readonly #findings: Promise<Findings | undefined>;

  constructor(project: Parameters<typeof lookAt>[0], graph: Graph) {
    this.#graph = graph;
    this.#findings = look(project, graph);
  }

  /** What was found, if the graph is the expected one. */
  async at(graph: Graph): Promise<Findings | undefined> {
    return graph === this.#graph ? await this.#findings : undefined;
  }
}

async function look(
  project: Parameters<typeof lookAt>[0],
  graph: Graph,
): Promise<Findings | undefined> {
  try {
    // The question to the worker goes out first.
    await nextTurn();
    const found = await lookAt(project, graph, selectInstances(graph, []), false);
    // Needed in the end: loaded now where the worker is still waited for.
    import('../runs/files.ts').catch(() => {});
    return found;
  } catch {
    // It comes up again, and is told, where it is looked at in earnest.
    return undefined;
  }
}
