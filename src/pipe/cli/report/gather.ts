import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { EXIT, RunError } from '../../core/errors.ts';
import { compareVersions, type VersionDifference } from '../../diff/compare.ts';
import { codeManifests } from '../../explain/code-manifests.ts';
import { loadLockFile } from '../../lock-file/store.ts';
import { argumentsOf } from '../../pipeline/arguments.ts';
import type { Graph, InstanceId } from '../../pipeline/graph.ts';
import type { Project } from '../../project/project.ts';
import type { ReportInput } from '../../report/input.ts';
import { type ReportedResult, reportedResults } from '../../report/results.ts';
import { readCurves } from '../../runs/curves.ts';
import { readRun, readRunRecords } from '../../runs/files.ts';
import { openVersion } from '../diff/open-version.ts';
import { type AssessedInstances, assessInstances } from '../shell/instances.ts';
import { drawResults } from './draw-stages.ts';

/** Runs that are looked at. */
const RUNS = 200;

/**
 * Collects what a report is made of.
 * @param against a version of the results as `pipe diff` names it; by default what is accepted, or else the run before
 * @throws {RunError} where there are no results
 */
export async function gather(
  project: Project,
  whole: Graph,
  against: string | undefined,
): Promise<ReportInput> {
  const { cache, root, codes } = project;
  const { disk, paths, actions } = cache;
  const assessed = await assessInstances(project, whole.instances);
  const results = reportedResults(cache, whole.instances, assessed.assessments);
  const graph = withoutIdleGroups(whole, results);
  const runs = readRunRecords(disk, paths.runs, RUNS).filter(
    ({ profile }) => profile === graph.profile,
  );
  // A run that only failed has logs, and reasons.
  if (results.length === 0 && runs.length === 0) {
    const command = `npx pipe run${argumentsOf([], graph.profile)}`;
    throw new RunError(`profile ${graph.profile} has no results to report`, command, EXIT.usage);
  }
  const other = against ?? (await otherVersion(project, graph, runs[1]?.id));
  const [last] = runs;
  const failures = last === undefined ? new Map() : failuresOf(project, last.id, assessed);
  return {
    project: basename(root),
    graph,
    reasons: reasonsOf(graph, assessed, failures),
    failures,
    results,
    runs,
    fingerprintOf: (key) => actions.fingerprint(key),
    manifestOf: codeManifests(cache, codes),
    curves: readCurves(disk, paths, new Set(results.map(({ key }) => key))),
    logOf: (id) => logText(disk.read(paths.log(id))),
    graphSvg: await drawResults(graph, results),
    difference: other === undefined ? undefined : await differenceTo(project, graph, other),
    made: new Date().toISOString(),
  };
}

/** Groups run when they are named: of those that never did there is nothing to say. */
function withoutIdleGroups(graph: Graph, results: readonly ReportedResult[]): Graph {
  const groups = new Set(results.map(({ instance }) => instance.group));
  const instances = graph.instances.filter(({ group }) => group === undefined || groups.has(group));
  return { profile: graph.profile, instances };
}

/** A log without the colours of a terminal. */
function logText(log: Uint8Array | undefined): string | undefined {
  return log && stripVTControlCharacters(Buffer.from(log).toString('utf8'));
}

/** Text of a file; its bytes are what a stage wrote. */
export function readText(path: string): string {
  return readFileSync(path, 'utf8');
}

function failuresOf(
  { cache: { disk, paths } }: Project,
  run: string,
  { assessments }: AssessedInstances,
): ReadonlyMap<InstanceId, string> {
  return new Map(
    readRun(disk, paths.runs, run).flatMap(({ instance, status, message = '' }) => {
      const assessment = assessments.get(instance);
      const isOpen = assessment !== undefined && !('outputs' in assessment);
      return status === 'failed' && isOpen ? [[instance, message]] : [];
    }),
  );
}

function reasonsOf(
  { instances }: Graph,
  { assessments, history }: AssessedInstances,
  failures: ReadonlyMap<InstanceId, string>,
): ReadonlyMap<InstanceId, string> {
  const reasons = new Map<InstanceId, string>();
  for (const instance of instances) {
    const assessment = assessments.get(instance.id);
    const failure = failures.get(instance.id);
    if (failure !== undefined) {
      reasons.set(instance.id, `it failed in the last run: ${failure}`);
    } else if (assessment?.state === 'outdated') {
      reasons.set(instance.id, history.reason(instance, assessment));
    } else if (assessment?.state === 'waiting') {
      reasons.set(instance.id, 'what it reads must be made first');
    }
  }
  return reasons;
}

async function otherVersion(
  { cache, root }: Project,
  { profile }: Graph,
  before: string | undefined,
): Promise<string | undefined> {
  const accepted = await loadLockFile(cache.disk, root);
  return accepted.has(profile) ? 'lock' : before;
}

async function differenceTo(
  project: Project,
  graph: Graph,
  name: string,
): Promise<VersionDifference> {
  const [from, to] = [
    await openVersion(project, graph, name),
    await openVersion(project, graph, 'current'),
  ];
  project.cache.save();
  return compareVersions(from, to, codeManifests(project.cache, project.codes));
}
