import { Command, Option } from 'commander';
import { compareVersions, type VersionDifference } from '../../diff/compare.ts';
import { formatDelta, formatMarkdown } from '../../diff/markdown.ts';
import { formatChange } from '../../explain/explain.ts';
import { History } from '../../explain/history.ts';
import { formatMetric } from '../../lock-file/describe.ts';
import { formatCount } from '../../reporters/format.ts';
import { openVersion } from '../diff/open-version.ts';
import type { Shell } from '../shell/command.ts';
import { profileOption } from '../shell/options.ts';
import { formatTable } from '../shell/table.ts';

/** Instances named of each change. */
const NAMED = 3;

interface DiffOptions {
  readonly profile?: string;
  readonly format: 'table' | 'json' | 'markdown';
}

export function build(shell: Shell): Command {
  return new Command('diff')
    .description('compare params, code and headline metrics of two runs, commits or profiles')
    .argument('[before]', 'lock, current, a run, a profile or a commit', 'lock')
    .argument('[after]', 'the same', 'current')
    .addOption(profileOption())
    .addOption(
      new Option('--format <format>', 'how to print it')
        .choices(['table', 'json', 'markdown'])
        .default('table'),
    )
    .addHelpText(
      'after',
      `
examples:
  pipe diff                                  what moved since the results were accepted
  pipe diff main                             ... since those of another branch or commit
  pipe diff last~1 last                      the last two runs
  pipe diff ci default                       two profiles, as they are now
  pipe diff HEAD^ lock --format markdown     for a pull request: metrics before and after

lock is pipeline.lock.yaml, current what this pipeline has made. Of a commit its lock file is compared.`,
    )
    .action((before: string, after: string, options: DiffOptions) =>
      diff(shell, before, after, options),
    );
}

async function diff(
  shell: Shell,
  before: string,
  after: string,
  options: DiffOptions,
): Promise<void> {
  const graph = await shell.inspect(options);
  const project = await shell.open();
  const [from, to] = [
    await openVersion(project, graph, before),
    await openVersion(project, graph, after),
  ];
  project.cache.save();
  const { manifestOf } = new History(project.cache, project.codes);
  const difference = compareVersions(from, to, manifestOf);
  switch (options.format) {
    case 'json':
      shell.out(JSON.stringify(difference, undefined, 2));
      return;
    case 'markdown':
      shell.out(formatMarkdown(difference).trimEnd());
      return;
    case 'table':
      print(shell, difference);
  }
}

function print(shell: Shell, difference: VersionDifference): void {
  const { before, after, changes, metrics, sameMetrics, added, removed, unknown } = difference;
  shell.out(`${before} -> ${after}`);
  for (const { change, instances } of changes) {
    shell.out(`  ${formatChange(change)}: ${named(instances)}`);
  }
  if (added.length > 0) shell.out(`  new: ${named(added)}`);
  if (removed.length > 0) shell.out(`  gone: ${named(removed)}`);
  if (unknown.length > 0)
    shell.out(`  made from code and params not known any more: ${named(unknown)}`);
  if (metrics.length > 0) {
    shell.out('');
    const rows = metrics.map((change) => [
      change.instance,
      change.metric,
      formatMetric(change.before),
      formatMetric(change.after),
      `${formatDelta(change.before, change.after)}${change.isTolerated ? ' (within tolerance)' : ''}`,
    ]);
    for (const line of formatTable(['instance', 'metric', 'before', 'after', 'change'], rows)) {
      shell.out(line);
    }
  }
  const others = metrics.length === 0 ? '' : 'other ';
  shell.out(`\n${formatCount(sameMetrics, `${others}headline metric`)} the same`);
}

function named(instances: readonly string[]): string {
  const more = instances.length > NAMED ? ` and ${instances.length - NAMED} more` : '';
  return instances.slice(0, NAMED).join(', ') + more;
}
