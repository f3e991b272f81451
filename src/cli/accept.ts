import { Command } from 'commander';
import { RunError } from '../runner/error.ts';
import { History } from '../runner/history.ts';
import { type AcceptedProfile, LOCK_FILE } from '../runner/lock-file/accepted.ts';
import { compareDeclared, compareResults } from '../runner/lock-file/compare.ts';
import { describeDifferences } from '../runner/lock-file/describe.ts';
import { loadLockFile, saveLockFile } from '../runner/lock-file/store.ts';
import { describeMachine, machineType } from '../runner/machine.ts';
import { formatCount } from '../runner/reporters/format.ts';
import { type CurrentResults, currentResults } from '../runner/results.ts';
import type { Shell } from './command.ts';
import { profileOption } from './options.ts';

export function build(shell: Shell): Command {
  return new Command('accept')
    .description(`record the current results in ${LOCK_FILE}`)
    .addOption(profileOption())
    .addHelpText(
      'after',
      `
examples:
  pipe run --profile ci && pipe accept --profile ci
  git diff ${LOCK_FILE}               what this changes, metric by metric
  pipe run --profile ci --frozen                fails from now on if anything differs

All results of the profile must be there; what differs from those accepted before is listed. Results that
differ by the rounding of another machine alone are left as they were recorded.`,
    )
    .action((options: { readonly profile?: string }) => accept(shell, options));
}

async function accept(shell: Shell, options: { readonly profile?: string }): Promise<void> {
  const { profile, instances } = await shell.inspect(options);
  const { cache, codeOf, root } = await shell.open();
  const all = loadLockFile(cache.disk, root);
  const current = await currentResults(cache, instances, codeOf);
  cache.save();
  if (current.missing.length > 0) throw notMade(current, profile);
  const { results } = current;
  const machine = machineType(describeMachine());
  const before = all.get(profile);
  const history = new History(cache);
  const differences =
    before === undefined
      ? []
      : [
          ...compareDeclared(before, instances, codeOf, history.manifestOf, true),
          ...compareResults(before, results, machine),
        ];
  if (before !== undefined && differences.length === 0) {
    shell.out(`nothing to accept: profile ${profile} is as ${LOCK_FILE} says`);
    return;
  }
  saveLockFile(
    cache.disk,
    root,
    new Map([...all, [profile, acceptedFrom(machine, current)] as const]),
  );
  for (const line of describeDifferences(differences)) shell.out(line);
  const what = formatCount(results.size, 'result');
  shell.out(`accepted ${what} of profile ${profile}; commit ${LOCK_FILE}`);
}

function acceptedFrom(machine: string, { results }: CurrentResults): AcceptedProfile {
  const instances = [...results].map(([id, { key, code, params, metrics, outputs }]) => {
    const values = Object.entries(metrics).map(([name, [value]]) => [name, value] as const);
    const digests = outputs.map(({ name, digest }) => [name, digest] as const);
    const record = {
      key,
      code,
      params,
      metrics: Object.fromEntries(values),
      outputs: Object.fromEntries(digests),
    };
    return [id, record] as const;
  });
  return { machine, instances: new Map(instances) };
}

function notMade({ missing }: CurrentResults, profile: string): RunError {
  const [first] = missing;
  const others = missing.length === 1 ? '' : ` and ${missing.length - 1} more`;
  const option = profile === 'default' ? '' : ` --profile ${profile}`;
  return new RunError(
    `there is no current result of ${first.id}${others} to accept`,
    `npx pipe run${option}`,
  );
}
