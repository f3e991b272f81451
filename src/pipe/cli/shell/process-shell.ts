import { realpathSync } from 'node:fs';
import { EXIT, RunError } from '../../core/errors.ts';
import { currentSnapshot } from '../../loader/code.ts';
import { PIPELINE_FILE } from '../../pipeline/files.ts';
import type { Project } from '../../project/project.ts';
import { ProjectState } from '../../project/project-state.ts';
import type { CommandEntry, Inspected, InspectOptions, Shell } from './command.ts';

/** The shell of this process. */
export class ProcessShell implements Shell {
  readonly commands: readonly CommandEntry[];
  exitCode: number = EXIT.ok;
  #state: ProjectState | undefined;
  #project: Project | undefined;

  constructor(commands: readonly CommandEntry[]) {
    this.commands = commands;
  }

  state(): ProjectState {
    if (currentSnapshot() === undefined) {
      const hint = 'change to a project folder, or write a pipeline.yaml: docs/pipeline.md';
      const message = `there is no ${PIPELINE_FILE} in ${realpathSync(process.cwd())} or above it`;
      throw new RunError(message, hint, EXIT.usage);
    }
    this.#state ??= ProjectState.current();
    return this.#state;
  }

  async open(): Promise<Project> {
    const state = this.state();
    if (this.#project === undefined) {
      const { Project } = await import('../../project/project.ts');
      this.#project ??= new Project(state);
    }
    return this.#project;
  }

  async inspect({ profile, set }: InspectOptions): Promise<Inspected> {
    const project = await this.open();
    const last = project.lastProfile();
    if (profile === undefined) {
      this.note(`profile ${last}${last === 'default' ? '' : ' (of the last run)'}`);
    }
    return { project, graph: await project.load(profile ?? last, set) };
  }

  out(line: string): void {
    process.stdout.write(`${line}\n`);
  }

  note(line: string): void {
    process.stderr.write(`${line}\n`);
  }

  exit(code: number): void {
    this.exitCode = code;
  }

  async close(): Promise<void> {
    await this.#project?.pool.close();
  }
}
