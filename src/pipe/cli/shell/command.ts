import type { Command } from 'commander';
import type { Graph } from '../../pipeline/graph.ts';
import type { Project } from '../../project/project.ts';
import type { ProjectState } from '../../project/project-state.ts';

/** What a command is given besides its arguments. */
export interface Shell {
  /** The project of the working directory, as far as it takes to say that there is nothing to do. */
  look(): ProjectState;
  /** The project of the working directory. */
  open(): Promise<Project>;
  /** A line of the command's result. */
  out(line: string): void;
  /** A line that is not the result: notes and warnings. */
  note(line: string): void;
  /** What the process exits with unless something is thrown; 0 if never called. */
  exit(code: number): void;
  /** The graph to inspect: of the given profile, or of the last run's, which is then said. */
  inspect(options: InspectOptions): Promise<Graph>;
}

/** Options of the commands that look at a graph without running it. */
export interface InspectOptions {
  readonly profile?: string;
  readonly set?: readonly string[];
}

/** A file of this folder exports its command as `build`; it is loaded when the command is used. */
export type CommandBuilder = (shell: Shell) => Command;

/** One command in the list of `pipe --help`. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly build: CommandBuilder }>;
}
