import { basename } from 'node:path';
import type { Graph } from '../../pipeline/graph.ts';
import type { Project } from '../../project/project.ts';
import type { ReportInput } from '../../report/input.ts';
import { reportedResults } from '../../report/results.ts';
import { readRunRecords } from '../../runs/files.ts';
import { assessInstances } from '../shell/instances.ts';

/** Runs that are looked at. */
const RUNS = 200;

/** Collects what a report is made of. */
export async function gather(project: Project, graph: Graph): Promise<ReportInput> {
  const { cache, root } = project;
  const { disk, paths } = cache;
  const { assessments } = await assessInstances(project, graph.instances);
  return {
    project: basename(root),
    graph,
    assessments,
    results: reportedResults(cache, graph.instances, assessments),
    runs: readRunRecords(disk, paths.runs, RUNS).filter(({ profile }) => profile === graph.profile),
    made: new Date().toISOString(),
  };
}
