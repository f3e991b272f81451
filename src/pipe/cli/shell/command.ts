import type { Command } from 'commander';
import type { Graph } from '../../pipeline/graph.ts';
import type { Project } from '../../project/project.ts';
import type { ProjectState } from '../../project/project-state.ts';

/** What every command works with. */
export interface Shell {
  /** Every command there is, for completion. */
  readonly commands: readonly CommandEntry[];
  /** The project of the working directory, loaded only far enough to see whether anything changed. */
  state(): ProjectState;
  /** The project of the working directory. */
  open(): Promise<Project>;
  /** The project and its graph, in the given profile or else that of the last run, which is noted. */
  inspect(options: InspectOptions): Promise<Inspected>;
  /** Prints a line of the command's result. */
  out(line: string): void;
  /** Prints a line that is not part of the result, such as a warning. */
  note(line: string): void;
  /** Sets the exit code of a command that does not throw; 0 unless called. */
  exit(code: number): void;
}

/** Options of the commands that look at a graph without running it. */
export interface InspectOptions {
  readonly profile?: string;
  readonly set?: readonly string[];
}

export interface Inspected {
  readonly project: Project;
  readonly graph: Graph;
}

/** A file of commands/ exports its command as `build`; it is loaded when the command is used. */
export type CommandBuilder = (shell: Shell) => Command;

/** One command in the list of `pipe --help`. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly build: CommandBuilder }>;
}
