import { EXIT, RunError } from '../../core/errors.ts';
import { currentResults } from '../../current/results.ts';
import {
  type Version,
  versionOfAccepted,
  versionOfResults,
  versionOfRun,
} from '../../diff/version.ts';
import { LOCK_FILE } from '../../lock-file/accepted.ts';
import { loadAccepted, readLockFile } from '../../lock-file/store.ts';
import type { Graph } from '../../pipeline/graph.ts';
import type { Project } from '../../project/project.ts';
import { readRun } from '../../runs/files.ts';
import { findRun, isRunName } from '../../runs/find.ts';
import { profilesOf } from '../shell/pipeline-spec.ts';

/**
 * A version of the results by name: `lock`, `current`, a run, a profile, or else a commit, which
 * stands for the lock file in it.
 * @throws {RunError} if the name is none of these
 */
export async function openVersion(project: Project, graph: Graph, name: string): Promise<Version> {
  const { cache, root } = project;
  const { profile } = graph;
  if (name === 'lock') {
    return versionOfAccepted(LOCK_FILE, await loadAccepted(cache.disk, root, profile));
  }
  if (name === 'current') return await currentVersion(project, graph, `profile ${profile} now`);
  if (isRunName(name)) return await openRun(project, name);
  if (profilesOf(root).includes(name)) {
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
  return versionOfResults(`${name}${note}`, results, gaps, codeOf);
}

async function openRun({ cache }: Project, name: string): Promise<Version> {
  const { id, profile } = findRun(cache.disk, cache.paths.runs, name);
  const rows = readRun(cache.disk, cache.paths.runs, id);
  return versionOfRun(`run ${id} of profile ${profile}`, rows, cache.actions);
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
  if (accepted !== undefined) return versionOfAccepted(`${LOCK_FILE} of ${name}`, accepted);
  throw new RunError(
    `${LOCK_FILE} of ${name} has no results of profile '${profile}'`,
    `it has: ${[...results.keys()].join(', ')}`,
    EXIT.usage,
  );
}
