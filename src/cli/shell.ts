import type { Graph } from '../pipeline/graph.ts';
import { EXIT } from '../runner/error.ts';
import { Project } from '../runner/project.ts';
import type { InspectOptions, Shell } from './command.ts';

/** The shell of this process. */
export class ProcessShell implements Shell {
  exitCode: number = EXIT.ok;
  #project: Project | undefined;

  async open(): Promise<Project> {
    this.#project ??= Project.current();
    return this.#project;
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

  async inspect({ profile, set }: InspectOptions): Promise<Graph> {
    const project = await this.open();
    const last = project.lastProfile();
    if (profile === undefined)
      this.note(`profile ${last}${last === 'default' ? '' : ', as last run'}`);
    return await project.load(profile ?? last, set);
  }

  async close(): Promise<void> {
    await this.#project?.pool.close();
  }
}
