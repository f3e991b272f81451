import { mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { runProcess } from '../processes.ts';

const START = fileURLToPath(new URL('start.sh', import.meta.url));
const STOP = fileURLToPath(new URL('stop.sh', import.meta.url));

const PROGRAMS = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'unshare', 'nsenter'];

/** Why there can be no cluster here; empty if there can. */
export function whyNoCluster(): string {
  if (process.getuid?.() !== 0) return 'takes root';
  const path = `${process.env.PATH}:/usr/sbin:/sbin`;
  const missing = PROGRAMS.filter(
    (name) => runProcess('which', [name], { env: { PATH: path } }).status !== 0,
  );
  if (missing.length > 0) return `${missing.join(', ')} not installed`;
  const isolation = ['--mount', '--uts', '--pid', '--fork', '--mount-proc', 'true'];
  return runProcess('unshare', isolation).status === 0 ? '' : 'no namespaces can be made';
}

/** A real Slurm cluster on this machine: see start.sh. */
export class Cluster {
  readonly folder: string;
  readonly #settings: Readonly<Record<string, string>>;

  private constructor(folder: string, settings: Readonly<Record<string, string>>) {
    this.folder = folder;
    this.#settings = settings;
  }

  static async start(settings: Readonly<Record<string, string>> = {}): Promise<Cluster> {
    const cluster = new Cluster(
      realpathSync(mkdtempSync(join(tmpdir(), 'shatter-slurm-'))),
      settings,
    );
    await cluster.restart();
    return cluster;
  }

  /** For the environment of what uses it. */
  get env(): Readonly<Record<string, string>> {
    return { SLURM_CONF: join(this.folder, 'etc/slurm.conf') };
  }

  /** Starts what is missing. */
  async restart(): Promise<void> {
    await execa('bash', [START, this.folder], { env: this.#settings });
  }

  /** Runs a command of Slurm. */
  async slurm(program: string, ...args: readonly string[]): Promise<string> {
    const { stdout } = await execa(program, args, { env: this.env, stripFinalNewline: false });
    return stdout;
  }

  /** Runs a command on a node. */
  async on(node: string, ...command: readonly string[]): Promise<string> {
    const { stdout } = await execa(join(this.folder, 'node'), [node, ...command], {
      stripFinalNewline: false,
    });
    return stdout;
  }

  /** Takes the power from a node: all its processes are gone. */
  cutOff(node: string): void {
    process.kill(this.#pid(`node-${node}`), 'SIGKILL');
  }

  killController(): void {
    process.kill(this.#pid('slurmctld'), 'SIGKILL');
  }

  /** What the controller would know if it was started again now. */
  savedJobs(): Buffer {
    return readFileSync(join(this.folder, 'state/job_state'));
  }

  #pid(name: string): number {
    return Number(readFileSync(join(this.folder, 'run', `${name}.pid`), 'utf8'));
  }

  async stop(): Promise<void> {
    await execa('bash', [STOP, this.folder, '--purge']);
  }
}
