import { Command } from '@commander-js/extra-typings';
import { fingerprintOf } from '../../cache/fingerprint.ts';
import { canonicalJson } from '../../core/json.ts';
import { type Assessment, resultIn } from '../../current/assess.ts';
import type { Change } from '../../explain/changes.ts';
import { formatChange, shortDigest } from '../../explain/format.ts';
import { assertRawThere } from '../../inputs/missing.ts';
import type { Instance } from '../../pipeline/graph.ts';
import { upstreamOf, withUpstream } from '../../pipeline/upstream.ts';
import type { Project } from '../../project/project.ts';
import { formatBytes, formatCount, formatSeconds } from '../../reporters/format.ts';
import { type AssessedInstances, assessInstances, instancesNamed } from '../shell/instances.ts';
import { profileOption, setOption } from '../shell/options.ts';
import type { Shell } from '../shell/shell.ts';

/** Instances explained at once. */
const LIMIT = 20;

/** Upstream instances listed of one that waits. */
const UPSTREAM_LIMIT = 10;

export function build(shell: Shell) {
  return new Command('explain')
    .argument('<instance>', "an instance or several, e.g. 'evaluate[model=small,seed=1]'")
    .addOption(profileOption())
    .addOption(setOption())
    .addHelpText(
      'after',
      `
examples:
  pipe explain plot
  pipe explain 'evaluate[model=small,seed=1]' --profile ci

An outdated instance is compared with the most similar of its earlier runs.`,
    )
    .action(async (name, options) => {
      const { project, graph } = await shell.inspect(options);
      const instances = instancesNamed(graph, name);
      const ids = instances.map(({ id }) => id);
      await assertRawThere(project.cache.raw, instances);
      const assessed = await assessInstances(project, withUpstream(graph.instances, ids));
      for (const [i, instance] of instances.slice(0, LIMIT).entries()) {
        if (i > 0) shell.out('');
        for (const line of await explainOne(project, instance, assessed)) shell.out(line);
      }
      if (ids.length > LIMIT) shell.note(`and ${ids.length - LIMIT} more instances`);
    });
}

async function explainOne(
  project: Project,
  instance: Instance,
  { assessments: all, history }: AssessedInstances,
): Promise<readonly string[]> {
  const { id } = instance;
  const assessment = all.get(id) ?? { state: 'waiting' };
  switch (assessment.state) {
    case 'current':
      return [`${id} is up to date`, ...(await contents(project, instance, all))];
    case 'restorable': {
      const faults = assessment.faults.map(({ path, kind }) => {
        const what = kind === 'missing' ? 'is missing' : 'has other content';
        return `  ${project.cache.paths.show(path)} ${what}`;
      });
      return [`${id} ran before: its artifacts will be restored from the cache`, ...faults];
    }
    case 'waiting': {
      const unsettled = upstreamOf(instance).filter((each) => resultIn(all, each) === undefined);
      const more = unsettled.length - UPSTREAM_LIMIT;
      return [
        history.hasRun(instance)
          ? `${id} will run only if the outputs of one of these change`
          : `${id} has no result yet; it will run after`,
        ...unsettled.slice(0, UPSTREAM_LIMIT).map((each) => `  ${each}`),
        ...(more > 0 ? [`  and ${more} more`] : []),
      ];
    }
    case 'outdated': {
      const lost = assessment.lost.map(({ output, blob }) => `  '${output.name}' is ${blob}`);
      if (lost.length > 0) {
        return [`${id} will run: an output is neither in artifacts/ nor in the cache`, ...lost];
      }
      const changes = history.changes(instance, assessment.fingerprint);
      if (changes === undefined) return [`${id} will run: it has no result yet`];
      const lines = changes.map(
        (change) => `  ${formatChange(change)}${producerOf(instance, change)}`,
      );
      return [`${id} will run: these changed since it last ran`, ...lines];
    }
  }
}

/** The instance behind a changed input. */
function producerOf({ inputs }: Instance, change: Change): string {
  if (change.kind !== 'input') return '';
  const sources = inputs.find(({ name }) => name === change.name)?.sources ?? [];
  const { axes } = change;
  const source =
    axes === undefined
      ? sources[0]
      : sources.find((each) => canonicalJson(each.axes) === canonicalJson(axes));
  return source === undefined ? '' : `, produced by ${source.instance}`;
}

/** What the key of a current instance is made of, and what it produced. */
async function contents(
  { cache, codes, codeOf }: Project,
  instance: Instance,
  all: ReadonlyMap<string, Assessment>,
): Promise<readonly string[]> {
  const outputsOf = (id: string) => resultIn(all, id)?.outputs;
  const around = await cache.raw.around(instance);
  const fingerprint = fingerprintOf(instance, codeOf(instance.module), around, outputsOf);
  const assessment = all.get(instance.id);
  if (fingerprint === undefined || assessment?.state !== 'current') return [];
  const code = codes[instance.module];
  const [files, packages] = 'files' in code ? [code.files, code.packages] : [{}, {}];
  const record = cache.actions.get(assessment.key);
  const size = `${formatCount(Object.keys(files).length, 'file')}, ${formatCount(Object.keys(packages).length, 'package')}`;
  const lines = [
    `key ${shortDigest(assessment.key)}, computed from`,
    `  code ${shortDigest(fingerprint.code)}: ${size}`,
    ...Object.entries(files).map(([path, digest]) => `    ${shortDigest(digest)} ${path}`),
    `  params ${canonicalJson(fingerprint.params)}`,
    `  runtime ${fingerprint.runtime}`,
  ];
  for (const input of fingerprint.inputs) {
    if ('digest' in input) lines.push(`  input ${input.name} ${shortDigest(input.digest)}`);
    else lines.push(`  input ${input.name}: ${formatCount(input.gathered.length, 'artifact')}`);
  }
  if (record === undefined) return lines;
  const when = new Date(record.finished).toISOString();
  lines.push(`ran in ${formatSeconds(record.seconds)}, finished ${when}`);
  for (const { name, digest, size } of record.outputs) {
    const path = cache.paths.show(cache.paths.artifact(instance, name));
    lines.push(`  output ${name} ${shortDigest(digest)} ${formatBytes(size)} ${path}`);
  }
  return lines;
}
