import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { explainDiskFault } from '../../core/errors.ts';
import { argumentsOf } from '../../pipeline/arguments.ts';
import { clientCode, closeBundler } from '../../report/bundle.ts';
import { placeReport } from '../../report/folder.ts';
import type { ReportInput } from '../../report/input.ts';
import { contextOf, ownPages } from '../../report/own-pages.ts';
import { pagesOf } from '../../report/pages.ts';
import { writeSite } from '../../report/site.ts';
import { formatCount } from '../../reporters/format.ts';
import { gather, readText } from '../report/gather.ts';
import { openInBrowser } from '../report/open.ts';
import { profileOption, setOption } from '../shell/options.ts';
import type { Shell } from '../shell/shell.ts';

/** Folder of a project's reports unless --out names another. */
const REPORTS = 'reports';

type ReportOptions = ReturnType<ReturnType<typeof build>['opts']>;

export function build(shell: Shell) {
  return new Command('report')
    .option('-o, --out <folder>', `folder of all reports (default: ${REPORTS}/ of the project)`)
    .option('--open', 'show it in the browser')
    .option(
      '--against <version>',
      'what to compare with, as pipe diff names it (default: lock, or else the run before)',
    )
    .addOption(profileOption())
    .addOption(setOption())
    .addHelpText(
      'after',
      `
examples:
  pipe report --open
  pipe report --profile ci --out public
  pipe report --against main                what changed since the accepted results of a commit
  npx serve reports                         or any other web server; none is needed

Each report has a folder of its own, named after the last run of its profile: a later run leaves earlier reports
as they are, and index.html lists them all.

A project adds pages of its own: 'report: pages' in pipeline.yaml names stages/pages.ts, whose default export is
a function that returns them:
  export default ({ artifact }) => [{ slug: 'story', title: 'Story', html: '<p>...</p>' }];`,
    )
    .action((options): Promise<void> => report(shell, options));
}

async function report(shell: Shell, options: ReportOptions): Promise<void> {
  const { project, graph } = await shell.inspect(options);
  const input = await gather(project, graph, options.against);
  const { results, runs, made } = input;
  const genericPages = pagesOf(input, readText);
  const { report: hook } = await project.declared();
  const own =
    hook === undefined
      ? []
      : await ownPages(
          project.snapshot,
          hook,
          contextOf(graph.profile, results),
          genericPages.map(({ slug }) => slug),
          hintOf(input),
        );
  const out = resolve(options.out ?? join(project.root, REPORTS));
  const [last] = runs;
  const title = `${input.project}, profile ${graph.profile}`;
  const entry = {
    id: last === undefined ? graph.profile : last.id,
    title,
    profile: graph.profile,
    made,
    ...(last?.commit === undefined ? {} : { commit: last.commit }),
  };
  try {
    const { style = new Uint8Array() } = await clientCode('report');
    const site = { title, root: project.root, ownPages: own, genericPages };
    const first = await placeReport(out, entry, style, (folder) => writeSite(folder, site));
    if (options.out === undefined) keepOutOfGit(out);
    const missing = input.graph.instances.length - results.length;
    if (missing > 0) shell.note(`${formatCount(missing, 'instance')} without a result`);
    shell.out(first);
    if (options.open === true) await openInBrowser(first);
  } catch (error) {
    throw explainDiskFault(error, 'write the report');
  } finally {
    await closeBundler();
  }
}

/** What is of earlier code may not be as a page expects it. */
function hintOf({ graph, results }: ReportInput): string | undefined {
  const outdated = results.filter(({ isOutdated }) => isOutdated).length;
  if (outdated === 0) return undefined;
  const command = `npx pipe run${argumentsOf([], graph.profile)}`;
  return `${formatCount(outdated, 'result')} of earlier code or inputs may be why: ${command}`;
}

/** Reports are made again from the artifacts: a repository needs none. */
function keepOutOfGit(out: string): void {
  const path = join(out, '.gitignore');
  if (!existsSync(path)) writeFileSync(path, '*\n');
}
