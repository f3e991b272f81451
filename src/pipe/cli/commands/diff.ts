import { Command } from '@commander-js/extra-typings';
import { listSome } from '../../core/collections.ts';
import { compareVersions, type VersionDifference } from '../../diff/compare.ts';
import { formatMarkdown } from '../../diff/markdown.ts';
import { codeManifests } from '../../explain/code-manifests.ts';
import { formatChange, formatDelta, formatMetric } from '../../explain/format.ts';
import { formatCount } from '../../reporters/format.ts';
import { openVersion } from '../diff/open-version.ts';
import { formatOption, profileOption } from '../shell/options.ts';
import { printJson, printTable } from '../shell/print.ts';
import type { Shell } from '../shell/shell.ts';

export function build(shell: Shell) {
  return new Command('diff')
    .argument('[before]', 'lock, current, a run, a profile or a commit', 'lock')
    .argument('[after]', 'the same', 'current')
    .addOption(profileOption())
    .addOption(formatOption(['table', 'json', 'markdown']))
    .addHelpText(
      'after',
      `
examples:
  pipe diff                                  what changed since the results were accepted
  pipe diff main                             ... since those of another branch or commit
  pipe diff last~1 last                      the last two runs
  pipe diff ci default                       two profiles, as they are now
  pipe diff HEAD^ lock --format markdown     for a pull request: metrics before and after

lock is pipeline.lock.yaml, current the results of the pipeline as it is now. A commit stands for the
lock file in it.`,
    )
    .action(async (before, after, options) => {
      const { project, graph } = await shell.inspect(options);
      const from = await openVersion(project, graph, before);
      const to = await openVersion(project, graph, after);
      project.cache.save();
      const manifestOf = codeManifests(project.cache, project.codes);
      const difference = compareVersions(from, to, manifestOf);
      if (options.format === 'json') printJson(shell, difference);
      else if (options.format === 'table') print(shell, difference);
      else shell.out(formatMarkdown(difference).trimEnd());
    });
}

function print(shell: Shell, difference: VersionDifference): void {
  const { before, after, changes, metrics, sameMetrics, added, removed, unknown } = difference;
  shell.out(`${before} -> ${after}`);
  for (const { change, instances } of changes) {
    shell.out(`  ${formatChange(change)}: ${listSome(instances)}`);
  }
  if (added.length > 0) shell.out(`  added: ${listSome(added)}`);
  if (removed.length > 0) shell.out(`  removed: ${listSome(removed)}`);
  if (unknown.length > 0) {
    shell.out(`  code and params no longer in the cache: ${listSome(unknown)}`);
  }
  if (metrics.length > 0) {
    shell.out('');
    const rows = metrics.map((change) => [
      change.instance,
      change.metric,
      formatMetric(change.before),
      formatMetric(change.after),
      `${formatDelta(change.before, change.after)}${change.isTolerated ? ' (within tolerance)' : ''}`,
    ]);
    printTable(shell, ['instance', 'metric', 'before', 'after', 'change'], rows);
  }
  const others = metrics.length === 0 ? '' : 'other ';
  shell.out(`\n${formatCount(sameMetrics, `${others}headline metric`)} unchanged`);
}
