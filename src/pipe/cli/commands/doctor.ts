import { Command } from '@commander-js/extra-typings';
import { EXIT } from '../../core/errors.ts';
import { findInstallation } from '../../loader/installation.ts';
import { checkInstallation } from '../doctor/installation.ts';
import { checkProject } from '../doctor/project-checks.ts';
import { checkStorage } from '../doctor/storage.ts';
import { assertOnCluster, onOption, siteOption } from '../shell/options.ts';
import type { Shell } from '../shell/shell.ts';

/** Width of the subjects. */
const WIDTH = 10;

export function build(shell: Shell) {
  return new Command('doctor')
    .addOption(onOption())
    .addOption(siteOption())
    .addHelpText(
      'after',
      `
examples:
  pipe doctor                               machine, Node, packages, disk, cache, lock
  pipe doctor && pipe run
  pipe doctor --on slurm                    the cluster too: submits a small job and waits for it

A project adds checks of its own: 'doctor: checks' in pipeline.yaml names stages/checks.ts, whose default
export is a function that returns lines:
  export default () => [{ subject: 'backend', text: 'no GPU', fix: 'install a driver' }];
A line with a fix is a problem.
exit codes: 0 no problem found, 1 a problem, printed with its fix`,
    )
    .action((options) => doctor(shell, options));
}

async function doctor(
  shell: Shell,
  { on, site }: { readonly on?: string | undefined; readonly site?: string | undefined },
): Promise<void> {
  assertOnCluster({ on, site });
  const project = await shell.open();
  const { projectRoot } = project.snapshot;
  const lines = [
    ...checkInstallation([findInstallation().root, projectRoot]),
    ...checkStorage(project),
    ...(await checkProject(project)),
    ...(on === 'slurm' ? await (await import('../doctor/slurm.ts')).checkSlurm(project, site) : []),
  ];
  for (const { subject, text, fix } of lines) {
    shell.out(`${(fix === undefined ? subject : 'problem').padEnd(WIDTH)}${text}`);
    if (fix !== undefined) {
      shell.out(`  fix: ${fix}`);
      shell.exitCode = EXIT.failed;
    }
  }
}
