import type { JobResult } from '../workers/executor.ts';
import type { Needs } from './batch.ts';
import type { Site } from './site.ts';

/** Why no agent of a class can be had. */
export interface Refusal {
  readonly message: string;
  readonly hint: string;
  /** The last lines of the log of a job that ended at once. */
  readonly log?: readonly string[];
}

const NODES = `sinfo -o '%P %c %m %G %l' lists cores, MB, GPUs and time of each partition`;

/** By what is in sbatch's words, the first that applies: what to do. */
const FIXES: readonly (readonly [words: RegExp, fix: (site: Site) => string])[] = [
  [
    /policy|submit limit/i,
    () => 'lower `workers` in the site file, or --jobs, or ask who runs the cluster',
  ],
  [/qos/i, (site) => `${site.qos === undefined ? 'set' : 'correct'} \`qos\` in the site file`],
  [
    /account/i,
    (site) => `${site.account === undefined ? 'set' : 'correct'} \`account\` in the site file`,
  ],
  [
    /partition/i,
    (site) =>
      `${site.partition === undefined ? 'set' : 'correct'} \`partition\` in the site file: sinfo -s lists them`,
  ],
  [
    /time limit/i,
    () =>
      `lower resources.time of the stage (\`time\` of the site file), or name a partition: ${NODES}`,
  ],
  [
    /memory/i,
    () =>
      `lower resources.memory of the stage (\`memory\` of the site file), or name a partition: ${NODES}`,
  ],
  [
    /gres|generic resource/i,
    () =>
      `lower resources.gpus of the stage, correct \`gpu\` in the site file, or name a partition: ${NODES}`,
  ],
  [/cpu count/i, () => `lower resources.cpus of the stage, or name a partition: ${NODES}`],
  [
    /node configuration|node count/i,
    () => `lower resources of the stage, or name a partition: ${NODES}`,
  ],
  [/array/i, () => 'lower `workers` in the site file, or --jobs'],
  [/option/i, () => 'correct `extra` in the site file: sbatch --help lists its options'],
];

/** @param said sbatch's words */
export function explainRefusal(said: string, needs: Needs, site: Site): Refusal {
  const words = said
    .split('\n')
    .map((line) => line.replace(/^sbatch: (error: )?/, '').trim())
    .filter((line) => line !== '');
  const text = words.join('; ');
  const [, fix] = FIXES.find(([pattern]) => pattern.test(text)) ?? [];
  return {
    message: `sbatch refuses a job with ${describeNeeds(needs, site)}: ${text}`,
    hint: fix?.(site) ?? 'correct the site file, or resources of the stage: docs/cluster.md',
  };
}

function describeNeeds({ cpus, memory, gpus, time }: Needs, site: Site): string {
  const minutes = Math.ceil(time / 60_000);
  const parts = [
    cpus === 1 ? '1 core' : `${cpus} cores`,
    ...(memory === 0 ? [] : [`${Number((memory / 1e9).toPrecision(3))} GB of memory`]),
    ...(gpus === 0 ? [] : [gpus === 1 ? '1 GPU' : `${gpus} GPUs`]),
    ...(time === 0 ? [] : [`${minutes} minutes`]),
    ...(['partition', 'account', 'qos'] as const).flatMap((key) =>
      site[key] === undefined ? [] : [`${key} ${site[key]}`],
    ),
    ...site.extra,
  ];
  return parts.join(', ');
}

/** What it means to an instance of the class. */
export function resultOf(why: Refusal): JobResult {
  return { ok: false, failure: { kind: 'resources', ...why } };
}
