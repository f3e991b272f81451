import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, RunError } from '../core/errors.ts';
import { escapeHtml } from './html.ts';

/** Marks a folder as a report, and says what it is about. */
const MARK = 'report.json';

/** What the list of reports says about one of them. */
export interface ReportEntry {
  /** Name of its folder. */
  readonly id: string;
  readonly title: string;
  readonly profile: string;
  /** ISO time. */
  readonly made: string;
  readonly commit?: string;
}

/**
 * Makes a report in a folder of its own beside earlier ones, and lists it with them. Its folder appears when it is
 * complete; one of the same id is replaced.
 *
 * @param out folder of all reports
 * @param write fills an empty folder
 * @returns path of its first page
 * @throws {RunError} if something else lies where it would be
 */
export async function placeReport(
  out: string,
  entry: ReportEntry,
  style: Uint8Array,
  write: (folder: string) => Promise<void>,
): Promise<string> {
  const target = join(out, entry.id);
  const before = entryOf(out, entry.id);
  if (before === undefined && contentOf(target).length > 0) {
    throw new RunError(`${target} is no report`, 'name another folder: --out FOLDER', EXIT.usage);
  }
  const temporary = join(out, `.${entry.id}.${process.pid}.tmp`);
  try {
    mkdirSync(temporary, { recursive: true });
    await write(temporary);
    writeFileSync(join(temporary, MARK), `${JSON.stringify(entry, undefined, 2)}\n`);
    const old = `${temporary}.old`;
    if (before !== undefined) renameSync(target, old);
    renameSync(temporary, target);
    rmSync(old, { recursive: true, force: true });
    writeList(out, style);
    return join(target, 'index.html');
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Lists all reports of a folder on a page of its own, the newest first. */
function writeList(out: string, style: Uint8Array): void {
  const entries = contentOf(out)
    .flatMap((id) => entryOf(out, id) ?? [])
    .sort((a, b) => (a.made < b.made ? 1 : -1));
  const rows = entries.map(({ id, title, profile, made, commit = '' }) => {
    const link = `<a href="${escapeHtml(encodeURIComponent(id))}/index.html">${escapeHtml(title)}</a>`;
    const cells = [profile, `${made.slice(0, 16).replace('T', ' ')} UTC`, commit.slice(0, 8), id];
    return `<tr><td>${link}</td>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`;
  });
  const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Reports</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="reports.css">
</head>
<body>
<main>
<h1>Reports</h1>
<div class="scroll" tabindex="0" role="region" aria-label="Reports"><table class="plain">
<thead><tr><th scope="col">report</th><th scope="col">profile</th><th scope="col">made</th><th scope="col">commit</th><th scope="col">folder</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>
</main>
</body>
</html>
`;
  replace(join(out, 'reports.css'), style);
  replace(join(out, 'index.html'), page);
}

function replace(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}

function entryOf(out: string, id: string): ReportEntry | undefined {
  try {
    const entry = JSON.parse(readFileSync(join(out, id, MARK), 'utf8')) as ReportEntry;
    return typeof entry.title === 'string' && typeof entry.made === 'string'
      ? { ...entry, id }
      : undefined;
  } catch {
    return undefined;
  }
}

function contentOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => !name.endsWith('.tmp'));
  } catch {
    return [];
  }
}
