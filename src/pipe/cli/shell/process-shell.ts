import { realpathSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { EXIT, RunError } from '../../core/errors.ts';
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
    this.#state ??= ProjectState.current();
    // Outside of any project the loader takes this package itself, for --help and completion.
    const folder = realpathSync(process.cwd());
    if (relative(this.#state.root, folder).split(sep)[0] === '..') {
      const hint = 'change to a project folder, or write a pipeline.yaml: docs/pipeline.md';
      const message = `there is no ${PIPELINE_FILE} in ${folder} or above it`;
      throw new RunError(message, hint, EXIT.usage);
    }
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
