import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, RunError } from '../core/errors.ts';
import type { CodeSnapshot } from '../loader/code.ts';
import type { Coordinates, ReportContext, ReportPage, ReportPages } from '../pipeline/contract.ts';
import { loadStageFile } from '../project/stage-file.ts';
import type { ReportedResult } from './results.ts';

/** Names of files and folders of a site that a page cannot have; also those of the generic pages. */
const RESERVED = ['index', 'assets', 'data', 'files'];

/**
 * Asks the file that pipeline.yaml names as `report` for the project's own pages.
 * @param taken slugs of the generic pages
 * @param hint what may help where its code fails
 * @throws {RunError} if the file or its answer is wrong
 */
export async function ownPages(
  snapshot: CodeSnapshot,
  name: string,
  context: ReportContext,
  taken: readonly string[],
  hint?: string,
): Promise<readonly ReportPage[]> {
  const file = `stages/${name}.ts`;
  const loaded = await loadStageFile(snapshot, name).catch((error: Error) => {
    throw new RunError(`${file} failed: ${error.message}`);
  });
  if (loaded === undefined) {
    const hint = 'write it, or remove report from pipeline.yaml';
    throw new RunError(
      `${file}, which pipeline.yaml names as report, does not exist`,
      hint,
      EXIT.usage,
    );
  }
  const make = loaded.exported as ReportPages | undefined;
  if (typeof make !== 'function') {
    const hint = 'export default (context) => [{ slug, title, html }]: npx pipe report --help';
    throw new RunError(`${file} has no function as its default export`, hint, EXIT.usage);
  }
  const pages = await callMake(make, context, file, hint);
  const slugs = new Set([...RESERVED, ...taken]);
  for (const page of pages) {
    const mistake = mistakeOf(page, slugs, snapshot.projectRoot);
    if (mistake !== undefined) throw new RunError(`${file}: ${mistake}`);
    slugs.add(page.slug);
  }
  return pages;
}

async function callMake(
  make: ReportPages,
  context: ReportContext,
  file: string,
  hint: string | undefined,
): Promise<readonly ReportPage[]> {
  try {
    const pages = await make(context);
    if (Array.isArray(pages)) return pages;
  } catch (error) {
    const { message, stack = '' } = error as Error;
    const place = /\bstages\/[^)\s]+:\d+:\d+/.exec(stack)?.[0];
    throw new RunError(
      `${file} failed: ${message}${place === undefined ? '' : `\n  at ${place}`}`,
      hint,
    );
  }
  throw new RunError(`${file} returns no list of pages`, 'return [{ slug, title, html }]');
}

function mistakeOf(
  { slug, title, html, scripts = [], files = {} }: ReportPage,
  taken: ReadonlySet<string>,
  root: string,
): string | undefined {
  if (typeof slug !== 'string' || !/^[a-z0-9][a-z0-9-]*$/.test(slug)) {
    return `'${slug}' cannot be the slug of a page: use lower-case letters, digits and dashes`;
  }
  if (taken.has(slug)) return `there is already a page '${slug}': give it another slug`;
  if (typeof title !== 'string' || typeof html !== 'string') {
    return `page '${slug}' needs a title and html, both texts`;
  }
  for (const path of scripts) {
    if (path.split('/').includes('..') || !existsSync(join(root, path))) {
      return `page '${slug}' has a script '${path}' that is not in the project`;
    }
  }
  for (const name of Object.keys(files)) {
    if (name === '' || name.split('/').some((part) => ['', '.', '..'].includes(part))) {
      return `page '${slug}' has a file '${name}', which is no relative path`;
    }
  }
  return undefined;
}

/** What a project's own pages see. */
export function contextOf(profile: string, results: readonly ReportedResult[]): ReportContext {
  const instances = results.map(({ instance, metrics, paths }) => ({
    id: instance.id,
    stage: instance.stage,
    axes: instance.axes,
    params: instance.params,
    metrics: Object.fromEntries(Object.entries(metrics).map(([name, [value]]) => [name, value])),
    outputs: Object.keys(paths),
  }));
  const find = (stage: string, output: string, axes: Coordinates = {}) =>
    results
      .filter(({ instance }) => instance.stage === stage)
      .filter(({ instance }) =>
        Object.entries(axes).every(([name, value]) => instance.axes[name] === value),
      )
      .flatMap(({ instance, paths }) =>
        Object.hasOwn(paths, output) ? [{ path: paths[output], axes: instance.axes }] : [],
      );
  return {
    profile,
    instances,
    artifacts: (stage, output) => find(stage, output),
    artifact(stage, output, axes) {
      const matches = find(stage, output, axes);
      if (matches.length <= 1) return matches[0]?.path;
      const all = matches.map((one) => JSON.stringify(one.axes));
      throw new RangeError(`several ${stage}/${output} match: ${all.slice(0, 3).join(', ')}, ...`);
    },
  };
}
