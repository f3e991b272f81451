import { realpathSync } from 'node:fs';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { EXIT, RunError } from '../../core/errors.ts';
import { visible } from '../../core/visible.ts';
import { currentSnapshot } from '../../loader/code.ts';
import { PIPELINE_FILE } from '../../pipeline/files.ts';
import type { Graph } from '../../pipeline/graph.ts';
import type { Project } from '../../project/project.ts';
import { ProjectState } from '../../project/project-state.ts';

/** A file of commands/ exports its command as `build`; it is loaded when the command is used. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly build: (shell: Shell) => CommandUnknownOpts }>;
}

/** Options of the commands that look at a graph without running it. */
export interface InspectOptions {
  readonly profile?: string | undefined;
  readonly set?: readonly string[];
}

/** Lines drawn at the bottom of the terminal while something runs. */
interface LiveDisplay {
  /** Prints a line above. */
  print(line: string): void;
  /** Leaves the terminal to others. */
  suspend(): void;
  resume(): void;
}

/** What every command works with. */
export class Shell {
  /** Every command there is, for completion. */
  readonly commands: readonly CommandEntry[];
  /** Of a command that does not throw. */
  exitCode: number = EXIT.ok;
  /** Set while there is one. */
  display: LiveDisplay | undefined;
  /** Whether errors are printed with their stack. */
  readonly isVerbose: boolean;
  #state: ProjectState | undefined;
  #project: Project | undefined;

  constructor(commands: readonly CommandEntry[], isVerbose = false) {
    this.commands = commands;
    this.isVerbose = isVerbose;
  }

  /** The project of the working directory, loaded only far enough to see whether anything changed. */
  state(): ProjectState {
    if (currentSnapshot() === undefined) {
      const hint = `change to a project folder, or write a ${PIPELINE_FILE}: npx pipe schema describes its keys`;
      const message = `there is no ${PIPELINE_FILE} in ${realpathSync(process.cwd())} or above it`;
      throw new RunError(message, hint, EXIT.usage);
    }
    this.#state ??= ProjectState.current();
    return this.#state;
  }

  /** The project of the working directory. */
  async open(): Promise<Project> {
    const state = this.state();
    if (this.#project === undefined) {
      const { Project } = await import('../../project/project.ts');
      this.#project ??= new Project(state);
    }
    return this.#project;
  }

  /** The project and its graph, in the given profile or else that of the last run, which is noted. */
  async inspect({ profile, set }: InspectOptions): Promise<{ project: Project; graph: Graph }> {
    const project = await this.open();
    const last = project.lastProfile();
    if (profile === undefined) {
      this.note(`profile ${last}${last === 'default' ? '' : ' (of the last run)'}`);
    }
    return { project, graph: await project.load(profile ?? last, set) };
  }

  /** Like `inspect`, with the instances that targets stand for and all that these need. */
  async select(targets: readonly string[], options: InspectOptions) {
    const { project, graph } = await this.inspect(options);
    const { selectInstances } = await import('../../current/selection.ts');
    const { instances, targets: chosen, isOpen, covers } = selectInstances(graph, targets);
    return { project, graph, instances, chosen, isOpen, covers };
  }

  /** Prints a line of the command's result. */
  out(line: string): void {
    if (this.display !== undefined) this.display.print(line);
    else process.stdout.write(`${process.stdout.isTTY ? visible(line) : line}\n`);
  }

  /** Prints a line that is not part of the result, such as a warning. */
  note(line: string): void {
    if (this.display !== undefined && process.stderr.isTTY) this.display.print(line);
    else process.stderr.write(`${visible(line)}\n`);
  }

  async close(): Promise<void> {
    await this.#project?.pool.close();
  }
}
