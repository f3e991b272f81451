import { Command } from 'commander';
import { fingerprintOf } from '../../cache/fingerprint.ts';
import { DiagnosticsError } from '../../core/diagnostic.ts';
import { canonicalJson } from '../../core/digest.ts';
import { type Assessment, assessAll } from '../../current/assess.ts';
import { type Change, formatChange } from '../../explain/explain.ts';
import { History } from '../../explain/history.ts';
import type { Instance } from '../../pipeline/graph.ts';
import { select } from '../../pipeline/selectors.ts';
import { withUpstream } from '../../pipeline/upstream.ts';
import type { Project } from '../../project/project.ts';
import { formatBytes, formatSeconds } from '../../reporters/format.ts';
import type { InspectOptions, Shell } from '../shell/command.ts';
import { profileOption, setOption } from '../shell/options.ts';

/** Instances explained at once. */
const LIMIT = 20;

export function build(shell: Shell): Command {
  return new Command('explain')
    .description('say why an instance would run, or what its result depends on')
    .argument('<instance>', "an instance or several, e.g. 'evaluate[game=union,dim=8]'")
    .addOption(profileOption())
    .addOption(setOption())
    .addHelpText(
      'after',
      `
examples:
  pipe explain plot
  pipe explain 'evaluate[game=union,model=contrastive,dim=8]' --profile ci

Differences are those to the nearest earlier run of the instance.`,
    )
    .action((name: string, options: InspectOptions) => explain(shell, name, options));
}

async function explain(shell: Shell, name: string, options: InspectOptions): Promise<void> {
  const graph = await shell.inspect(options);
  const selected = select(graph, [name]);
  if (!selected.ok) throw new DiagnosticsError(selected.diagnostics);
  const project = await shell.open();
  const ids = selected.instances.map(({ id }) => id);
  const needed = withUpstream(graph.instances, ids);
  const found = await assessAll(project.cache, needed, project.codeOf);
  project.cache.save();
  const history = new History(project.cache, project.codes);
  for (const [i, instance] of selected.instances.slice(0, LIMIT).entries()) {
    if (i > 0) shell.out('');
    const assessment = found.get(instance.id) ?? { state: 'waiting' };
    for (const line of explainOne(project, history, instance, assessment, found)) shell.out(line);
  }
  if (ids.length > LIMIT) shell.note(`and ${ids.length - LIMIT} more instances`);
}

function explainOne(
  project: Project,
  history: History,
  instance: Instance,
  assessment: Assessment,
  all: ReadonlyMap<string, Assessment>,
): readonly string[] {
  switch (assessment.state) {
    case 'current':
      return [`${instance.id} is current`, ...contents(project, instance, all)];
    case 'restorable': {
      const faults = assessment.faults.map(({ path, kind }) => {
        const what = kind === 'missing' ? 'is missing' : 'holds something else';
        return `  ${project.cache.paths.show(path)} ${what}`;
      });
      return [`${instance.id} ran before: its artifacts would be taken from the cache`, ...faults];
    }
    case 'waiting': {
      const open = instance.inputs
        .flatMap(({ sources }) => sources)
        .map((source) => source.instance)
        .filter((id) => !isSettled(all.get(id)));
      return [
        `${instance.id} waits: it runs only if one of these comes out otherwise`,
        ...[...new Set(open)].map((id) => `  ${id}`),
      ];
    }
    case 'outdated': {
      const lost = assessment.lost.map(({ output, blob }) => `  '${output.name}' is ${blob}`);
      if (lost.length > 0) {
        return [`${instance.id} would run again: neither artifacts/ nor the cache has it`, ...lost];
      }
      const changes = history.changes(instance, assessment.fingerprint);
      if (changes === undefined) return [`${instance.id} would run: it never ran`];
      const lines = changes.map(
        (change) => `  ${formatChange(change)}${makerOf(instance, change)}`,
      );
      return [`${instance.id} would run: since it last ran like this`, ...lines];
    }
  }
}

/** Whose artifact another input is. */
function makerOf({ inputs }: Instance, change: Change): string {
  if (change.kind !== 'input') return '';
  const sources = inputs.find(({ name }) => name === change.name)?.sources ?? [];
  const { axes } = change;
  const source =
    axes === undefined
      ? sources[0]
      : sources.find((each) => canonicalJson(each.axes) === canonicalJson(axes));
  return source === undefined ? '' : `, made by ${source.instance}`;
}

function isSettled(assessment: Assessment | undefined): boolean {
  return assessment?.state === 'current' || assessment?.state === 'restorable';
}

/** What the key of a current instance consists of, and what it made. */
function contents(
  { cache, codes, codeOf }: Project,
  instance: Instance,
  all: ReadonlyMap<string, Assessment>,
): readonly string[] {
  const outputsOf = (id: string) => {
    const upstream = all.get(id);
    return upstream !== undefined && 'outputs' in upstream ? upstream.outputs : undefined;
  };
  const fingerprint = fingerprintOf(instance, codeOf(instance.module), outputsOf);
  const assessment = all.get(instance.id);
  if (fingerprint === undefined || assessment?.state !== 'current') return [];
  const code = codes[instance.module];
  const [files, packages] = 'files' in code ? [code.files, code.packages] : [{}, {}];
  const record = cache.actions.get(assessment.key);
  const lines = [`key ${assessment.key.slice(0, 12)} made of`];
  lines.push(
    `  code ${fingerprint.code.slice(0, 12)}: ${Object.keys(files).length} files, ${Object.keys(packages).length} packages`,
    ...Object.entries(files).map(([path, digest]) => `    ${digest.slice(0, 12)} ${path}`),
    `  params ${canonicalJson(fingerprint.params)}`,
  );
  for (const input of fingerprint.inputs) {
    if ('digest' in input) lines.push(`  input ${input.name} ${input.digest.slice(0, 12)}`);
    else lines.push(`  input ${input.name}: ${input.gathered.length} artifacts`);
  }
  if (record === undefined) return lines;
  const when = new Date(record.finished).toISOString();
  lines.push(`made ${when} in ${formatSeconds(record.seconds)}`);
  for (const { name, digest, size } of record.outputs) {
    const path = cache.paths.show(cache.paths.artifact(instance, name));
    lines.push(`  ${name} ${digest.slice(0, 12)} ${formatBytes(size)} ${path}`);
  }
  return lines;
}
