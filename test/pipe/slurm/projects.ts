import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Cluster } from '../../cluster/cluster.ts';
import { type StartedProcess, startProcess } from '../../processes.ts';
import { type CommandResult, PipeProject, stage } from '../cli/pipe.ts';

const BIN = fileURLToPath(new URL('../../../src/pipe/loader/pipe.mjs', import.meta.url));

/** Short times: what takes a minute in real life is over in seconds. */
const SITE = `poll: 1s
idle: 20s
lease: 8s
grace: 5s
workers: 4
`;

/**
 * Counts in tenths of a second, says where it began (beside its gate in all attempts), and keeps a checkpoint when it is stopped, or at every step. It can
 * use memory (in MB), and wait near its end for a file: one of the project, or of any path.
 */
const COUNT = stage(
  `
    const file = join(checkpoint.folder, 'at');
    let at = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
    log('from ' + at);
    const gate = params.gate === true ? join(process.cwd().split('/cache/')[0], 'gate') : params.gate;
    if (gate) writeFileSync(gate + '.begun', params.n + ' from ' + at + ';', { flag: 'a' });
    const hog: Buffer[] = [];
    if (params.memory) hog.push(Buffer.alloc(params.memory * 1e6, 1));
    for (; at < params.steps; at += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      progress({ done: at, total: params.steps, unit: 'step', values: { loss: 1 / (at + 1) } });
      const isHeld = () => gate && at === params.steps - 2 && !existsSync(gate);
      while (isHeld() && !signal.aborted) await new Promise((resolve) => setTimeout(resolve, 50));
      if (signal.aborted || params.saves) writeFileSync(file, String(at));
      if (signal.aborted) throw new Error('aborted');
    }
    writeFileSync(outputs.out, 'counted ' + params.n + ' ' + params.steps);`,
  { params: ['steps', 'n', 'memory', 'saves', 'gate'] },
);

const TOTAL = stage(
  `writeFileSync(outputs.out, inputs.from.map(({ path }: any) => readFileSync(path, 'utf8')).join());`,
  { inputs: `{ from: 'many' }` },
);

/** A project whose stage `count` takes a while, and the command in it, without waiting for it. */
export class ClusterProject extends PipeProject {
  readonly #env: Readonly<Record<string, string>>;

  /**
   * @param count settings of the stage in pipeline.yaml
   * @param root by default a throw-away folder
   * @param more of the environment
   */
  constructor(
    cluster: Cluster | undefined,
    count: string,
    n = '[1, 2, 3]',
    site = '',
    root?: string,
    more: Readonly<Record<string, string>> = {},
  ) {
    const path = `./bin:${process.env.PATH}`;
    const env = { ...cluster?.env, PIPE_CACHE_DIR: '', PATH: path, ...more };
    super(
      {
        'pipeline.yaml': `axes: { n: ${n} }
stages:
  count: { matrix: [n], ${count} }
  total: { matrix: [], inputs: { from: count/out } }
`,
        'stages/count.ts': COUNT,
        'stages/total.ts': TOTAL,
        'site.yaml': `${SITE}${site}`,
      },
      env,
      ...(root === undefined ? [] : [root]),
    );
    this.#env = env;
  }

  /** Runs a command; it may be sent signals meanwhile. */
  begin(...args: readonly string[]): Running {
    return new Running(this.root, this.#env, args);
  }

  /** Runs everything on the cluster. */
  onCluster(...args: readonly string[]): Running {
    return this.begin('run', '--on', 'slurm', '--site', 'site.yaml', ...args);
  }
}

/** What the last run in a project made: of each instance its key, where it ran and in how many attempts. */
export function lastRun(root: string) {
  const [, ...lines] = latest(join(root, 'cache/runs')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line)) as readonly {
    readonly instance: string;
    readonly key: string;
    readonly attempts: number;
    readonly host?: { readonly node: string; readonly job: string; readonly queued: number };
  }[];
}

/** Content of the last file of a folder. */
export function latest(folder: string): string {
  return readFileSync(join(folder, readdirSync(folder).sort().at(-1) ?? ''), 'utf8');
}

/** Where each attempt of stages with a gate began, in any order. */
export function beginnings(gate: string): readonly string[] {
  return readFileSync(`${gate}.begun`, 'utf8').split(';').filter(Boolean).sort();
}

/** A command that runs. */
export class Running {
  readonly ended: Promise<CommandResult>;
  readonly #child: StartedProcess;
  #output = '';
  #waiting: (() => void)[] = [];

  constructor(cwd: string, env: Readonly<Record<string, string>>, args: readonly string[]) {
    const options = { cwd, env: { NO_COLOR: '1', CI: '1', ...env } };
    this.#child = startProcess('node', [BIN, ...args], options);
    const texts = ['', ''];
    this.ended = once(this.#child, 'close').then(() => {
      const [stdout, stderr] = texts;
      return { stdout, stderr, status: this.#child.exitCode };
    });
    for (const [i, stream] of [this.#child.stdout, this.#child.stderr].entries()) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        texts[i] += text;
        this.#output += text;
        for (const wake of this.#waiting.splice(0)) wake();
      });
    }
    void this.ended.then(() => {
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits until the command has printed something. */
  async said(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#output);
      if (found !== null) return found;
      if (this.#child.exitCode !== null)
        throw new Error(`it never said ${pattern}:\n${this.#output}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}
