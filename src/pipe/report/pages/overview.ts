import { groupBy } from '../../../tables/group-by.ts';
import { formatBytes, formatCounts, formatSeconds } from '../../reporters/format.ts';
import type { RunRecord } from '../../runs/record.ts';
import type { ReportInput } from '../input.ts';
import { factList, link, plainTable, toned } from '../markup.ts';
import type { GenericPage } from '../site.ts';

/** Runs listed. */
const RUNS = 20;

/** What ran, on what, when and how long. */
export function overviewPage(input: ReportInput): GenericPage {
  const { graph, results, runs, made } = input;
  const [last] = runs;
  const outdated = results.filter(({ isOutdated }) => isOutdated).length;
  const missing = graph.instances.length - results.length;
  const size = results.flatMap(({ files }) => files).reduce((sum, file) => sum + file.size, 0);
  const html = [
    factList([
      ['profile', graph.profile],
      ['instances', graph.instances.length],
      ['without a result', missing === 0 ? undefined : toned(String(missing), 'warn')],
      ['of earlier code or inputs', outdated === 0 ? undefined : toned(String(outdated), 'warn')],
      ['artifacts', formatBytes(size)],
      ['computing time', formatSeconds(results.reduce((sum, { seconds = 0 }) => sum + seconds, 0))],
      ['last run', last && `${last.id}, ${timeText(last.started)}, ${formatSeconds(last.seconds)}`],
      ['commit', last && commitOf(last)],
      ['machine', last && machineOf(last)],
      ['report made', timeText(made)],
    ]),
    ...failureTable(input),
    '<h2>Stages</h2>',
    stageTable(input),
    ...(runs.length === 0 ? [] : ['<h2>Runs</h2>', runTable(runs.slice(0, RUNS))]),
  ];
  return { slug: 'overview', title: 'Overview', html: html.join('\n') };
}

function failureTable({ failures }: ReportInput): readonly string[] {
  if (failures.size === 0) return [];
  const rows = [...failures].map(([id, message]) => [
    link(`instances.html#${encodeURIComponent(id)}`, id),
    message,
  ]);
  return [
    '<h2>Failed in the last run</h2>',
    plainTable('Failed in the last run', ['instance', 'why'], rows),
  ];
}

function stageTable({ graph, results }: ReportInput): string {
  const byStage = groupBy(results, ({ instance }) => instance.stage);
  const declared = groupBy(graph.instances, ({ stage }) => stage);
  const rows = [...declared].map(([stage, instances]) => {
    const own = byStage.get(stage) ?? [];
    const seconds = own.map((result) => result.seconds ?? 0);
    const outdated = own.filter(({ isOutdated }) => isOutdated).length;
    return [
      stage,
      instances.length,
      own.length - outdated,
      outdated === 0 ? undefined : outdated,
      own.length === instances.length ? undefined : instances.length - own.length,
      own.length === 0 ? '' : formatSeconds(seconds.reduce((sum, value) => sum + value, 0)),
      own.length === 0 ? '' : formatSeconds(Math.max(...seconds)),
    ];
  });
  const headings = ['stage', 'instances', 'current', 'outdated', 'missing', 'time', 'slowest'];
  return plainTable('Stages', headings, rows);
}

function runTable(runs: readonly RunRecord[]): string {
  const rows = runs.map((run) => [
    run.id,
    run.ok ? toned('ok', 'good') : toned('failed', 'bad'),
    timeText(run.started),
    formatSeconds(run.seconds),
    commitOf(run),
    formatCounts(run.counts),
  ]);
  return plainTable('Runs', ['run', 'result', 'started', 'time', 'commit', 'instances'], rows);
}

function machineOf({ machine }: RunRecord): string {
  const { host, platform, cores, cpu, node } = machine;
  return `${host}: ${platform}, ${cores} × ${cpu}, node ${node}`;
}

function commitOf({ commit = '', dirty = false }: RunRecord): string {
  return `${commit.slice(0, 8)}${dirty ? ', with uncommitted changes' : ''}`;
}

/** `2026-11-24 04:23 UTC` */
function timeText(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}
