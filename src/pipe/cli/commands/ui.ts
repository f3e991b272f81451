import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { Command } from '@commander-js/extra-typings';
import { DiagnosticsError } from '../../core/diagnostic.ts';
import { assertInside } from '../../disk/containment.ts';
import type { Project } from '../../project/project.ts';
import { clientCode, closeBundler } from '../../report/bundle.ts';
import { Canceller } from '../../ui/cancel.ts';
import { JournalReader } from '../../ui/follow.ts';
import { serve } from '../../ui/server.ts';
import { drawStages } from '../graph/drawing.ts';
import { renderSvg } from '../graph/render.ts';
import { openInBrowser } from '../report/open.ts';
import type { Shell } from '../shell/shell.ts';

/** Bytes of a log that are shown, its end. */
const LOG = 65_536;

export function build(shell: Shell) {
  return new Command('ui')
    .option('--open', 'show it in the browser')
    .addHelpText(
      'after',
      `
examples:
  pipe ui --open
  pipe ui                                   prints the address; start runs in other terminals

Shows the run that is going on, whoever started it, and the next ones: stages, instances, learning curves, logs.
It can cancel a run as Ctrl-C does. Only this machine can open the page, and only with the address that is printed;
from elsewhere forward the port: ssh -L PORT:127.0.0.1:PORT HOST. Ctrl-C ends it, not the run.`,
    )
    .action((options): Promise<void> => ui(shell, options.open === true));
}

async function ui(shell: Shell, isOpened: boolean): Promise<void> {
  const project = await shell.open();
  const { disk, paths } = project;
  const code = await clientCode('ui');
  await closeBundler();
  const canceller = new Canceller(disk, paths);
  const server = await serve({
    project: project.root.split('/').at(-1) ?? '',
    code,
    follow: (position) => new JournalReader(disk, paths, position),
    graph: (profile) => drawGraph(project, profile),
    log: (instance) => readLog(project, instance),
    cancel: (run) => canceller.cancel(run),
  });
  const ended = new Promise<void>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(name, () => resolve());
  });
  try {
    shell.out(server.url);
    if (isOpened) await openInBrowser(server.url);
    await ended;
  } finally {
    await server.close();
  }
}

/** @returns `undefined` where the pipeline has mistakes or no such profile: the runs are shown without it */
async function drawGraph(project: Project, profile: string): Promise<string | undefined> {
  try {
    const drawing = drawStages(await project.load(profile));
    const svg = await renderSvg({ ...drawing, title: '' });
    return svg.slice(svg.indexOf('<svg'));
  } catch (error) {
    if (error instanceof DiagnosticsError) return undefined;
    throw error;
  }
}

function readLog({ disk, paths }: Project, instance: string): string | undefined {
  const path = paths.log(instance);
  try {
    assertInside(disk, paths.logs, path);
    if (disk.stat(path)?.isFile !== true) return undefined;
    const file = openSync(path, 'r');
    try {
      const { size } = fstatSync(file);
      const bytes = Buffer.alloc(Math.min(size, LOG));
      readSync(file, bytes, 0, bytes.length, size - bytes.length);
      return stripVTControlCharacters(bytes.toString('utf8'));
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}
