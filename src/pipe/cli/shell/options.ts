import { InvalidArgumentError, Option } from 'commander';

/** `--profile` of commands that look at a graph without running it. */
export function profileOption(): Option {
  return new Option('-p, --profile <name>', "profile of pipeline.yaml (default: the last run's)");
}

/** Arguments that make another command mean the same instances, for messages. */
export function argumentsOf(targets: readonly string[], profile: string): string {
  const quoted = targets.map((target) => (target.includes('[') ? `'${target}'` : target));
  const option = profile === 'default' ? [] : [`--profile ${profile}`];
  return [...quoted, ...option].map((word) => ` ${word}`).join('');
}

/** `--set`, which may be repeated. */
export function setOption(): Option {
  return new Option('--set <path=value>', 'override a param or an axis; repeatable')
    .argParser((value: string, before: readonly string[]) => [...before, value])
    .default([], 'none');
}

/** Parses the value of an option that must be above 0. */
export function positive(value: string): number {
  const number = Number(value);
  if (!(number > 0)) throw new InvalidArgumentError('it must be a number above 0');
  return number;
}

/** Parses the value of an option that counts something. */
export function count(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) {
    throw new InvalidArgumentError('it must be a whole number above 0');
  }
  return number;
}

/** `--reporter` of commands that run something. */
export function reporterOption(): Option {
  return new Option(
    '--reporter <name>',
    'how to tell what happens (default: live on a terminal, github in its Actions, else plain)',
  ).choices(['live', 'plain', 'json', 'github']);
}
