import type { Metrics } from '../../cache/metrics.ts';
import { EXIT, RunError } from '../../core/errors.ts';
import { currentResults } from '../../current/results.ts';
import type { Version, VersionedResult } from '../../diff/compare.ts';
import { LOCK_FILE } from '../../lock-file/accepted.ts';
import { loadAccepted, readLockFile } from '../../lock-file/store.ts';
import type { Graph } from '../../pipeline/graph.ts';
import type { Project } from '../../project/project.ts';
import { findRun, isRunName, readRun } from '../../runs/files.ts';

/**
 * A version of the results by name: `lock`, `current`, a run, a profile, or else a commit, which
 * stands for the lock file in it.
 * @throws {RunError} if the name is none of these
 */
export async function openVersion(project: Project, graph: Graph, name: string): Promise<Version> {
  const { cache, root } = project;
  const { profile } = graph;
  if (name === 'lock') {
    const { instances } = await loadAccepted(cache.disk, root, profile);
    return { name: LOCK_FILE, instances };
  }
  if (name === 'current') return await currentVersion(project, graph, `profile ${profile} now`);
  if (isRunName(name)) return await openRun(project, name);
  if ((await project.profiles()).includes(name)) {
    return await currentVersion(project, await project.load(name), `profile ${name} now`);
  }
  return await openCommit(project, profile, name);
}

async function currentVersion(
  { cache, codeOf }: Project,
  { instances }: Graph,
  name: string,
): Promise<Version> {
  const { results, missing } = await currentResults(cache, instances, codeOf);
  // Groups that never ran are not part of the comparison.
  const gaps = missing.filter(({ group }) => group === undefined);
  const note = gaps.length === 0 ? '' : ` (${gaps.length} of ${instances.length} not up to date)`;
  const current = [...results].map(([id, { code, params, metrics }]) => {
    return [id, { code, params, ...withTolerances(metrics) }] as const;
  });
  const declared = gaps.map(({ id, module, params }) => {
    return [id, { code: codeOf(module), params }] as const;
  });
  return { name: `${name}${note}`, instances: new Map([...current, ...declared]) };
}

async function openRun({ cache }: Project, name: string): Promise<Version> {
  const { id, profile } = findRun(cache.disk, cache.paths.runs, name);
  const rows = readRun(cache.disk, cache.paths.runs, id);
  const instances = rows.flatMap(({ instance, key, metrics }) => {
    if (key === undefined) return [];
    // Gone if gc removed the action.
    const { code, params } = cache.actions.fingerprint(key) ?? {};
    const origin = code === undefined || params === undefined ? {} : { code, params };
    const values = withTolerances(metrics ?? cache.actions.get(key)?.metrics ?? {});
    return [[instance, { ...origin, ...values }] as const];
  });
  return { name: `run ${id} of profile ${profile}`, instances: new Map(instances) };
}

function withTolerances(metrics: Metrics): Pick<VersionedResult, 'metrics' | 'tolerances'> {
  const all = Object.entries(metrics);
  return {
    metrics: Object.fromEntries(all.map(([name, [value]]) => [name, value])),
    tolerances: Object.fromEntries(all.map(([name, [, within]]) => [name, within])),
  };
}

/** @param stderr of git */
function whyNoCommit(name: string, stderr: string): string {
  if (/does not exist in|exists on disk, but not in/.test(stderr)) {
    return `commit '${name}' has no ${LOCK_FILE}`;
  }
  const isUnknown = /invalid object name|not a git repository/.test(stderr);
  const why = isUnknown ? '' : ` (${stderr.split('\n')[0] || 'git failed'})`;
  return `'${name}' is not a run, a profile or a commit${why}`;
}

async function openCommit({ root }: Project, profile: string, name: string): Promise<Version> {
  const { git } = await import('../../core/git.ts');
  // `--end-of-options`: a name that starts with a dash is not an option.
  const show = ['show', '--end-of-options', `${name}:./${LOCK_FILE}`];
  const { ok, stdout, stderr } = await git(root, ...show);
  if (!ok) {
    throw new RunError(
      whyNoCommit(name, stderr),
      'give a run (npx pipe history), a profile, a commit with pipeline.lock.yaml, lock or current',
      EXIT.usage,
    );
  }
  const results = await readLockFile(`${name}:${LOCK_FILE}`, stdout);
  const accepted = results.get(profile);
  if (accepted !== undefined) {
    return { name: `${LOCK_FILE} of ${name}`, instances: accepted.instances };
  }
  throw new RunError(
    `${LOCK_FILE} of ${name} has no results of profile '${profile}'`,
    `it has: ${[...results.keys()].join(', ')}`,
    EXIT.usage,
  );
}
