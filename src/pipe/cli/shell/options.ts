import { Argument, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { EXIT, RunError } from '../../core/errors.ts';

/** Targets of a command; none stands for the stages outside groups. */
export function targetsArgument() {
  return new Argument(
    '[targets...]',
    'stages, groups or instances (default: all stages outside groups)',
  );
}

/** @param fallback which profile is taken without the option, for the help */
export function profileOption(fallback = "the last run's") {
  return new Option('-p, --profile <name>', `profile of pipeline.yaml (default: ${fallback})`);
}

/** `--set`, which may be repeated. */
export function setOption() {
  return new Option('--set <path=value>', 'override a param or an axis; repeatable')
    .argParser((value: string, before: readonly string[]) => [...before, value])
    .default([] as readonly string[], 'none');
}

export function jobsOption() {
  return new Option(
    '-j, --jobs <number>',
    'how many instances run at a time (default: number of cores)',
  ).argParser(parseCount);
}

/** `--on` of commands that run something elsewhere. */
export function onOption() {
  return new Option('--on <cluster>', 'where to run: slurm (docs/cluster.md)').choices([
    'slurm',
  ] as const);
}

/** `--site` of the same commands. */
export function siteOption() {
  return new Option(
    '--site <file>',
    'how to use the cluster (default: ~/.config/shatter/slurm.yaml)',
  );
}

/** @throws {RunError} if an option is given that says something about a cluster, but none is to be used */
export function assertOnCluster({
  on,
  ...options
}: {
  readonly on?: string | undefined;
  readonly site?: string | undefined;
  readonly detach?: true | undefined;
}): void {
  const given = Object.entries(options).find(([, value]) => value !== undefined);
  if (on !== undefined || given === undefined) return;
  const message = `--${given[0]} is about a cluster, but nothing is to run on one`;
  throw new RunError(message, `add --on slurm, or leave out --${given[0]}`, EXIT.usage);
}

/** `--format` of commands that print for people and for programs; the first is the default. */
export function formatOption<const T extends string>(formats: readonly [T, ...T[]]) {
  return new Option('--format <format>', 'output format').choices(formats).default(formats[0]);
}

/** `--reporter` of commands that run something. */
export function reporterOption() {
  return new Option(
    '--reporter <name>',
    'output format (default: live on a terminal, github in GitHub Actions, else plain)',
  ).choices(['live', 'plain', 'json', 'github'] as const);
}

/** Parses the value of an option that must be above 0. */
export function parsePositive(value: string): number {
  const number = Number(value);
  if (!(number > 0)) throw new InvalidArgumentError('it must be a number above 0');
  return number;
}

/** Parses the value of an option that counts something. */
export function parseCount(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) {
    throw new InvalidArgumentError('it must be a whole number above 0');
  }
  return number;
}
