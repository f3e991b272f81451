import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, RunError } from '../core/errors.ts';
import { realDisk } from '../disk/disk.ts';
import { writeAtomically } from '../disk/write-atomically.ts';
import { htmlDocument } from './html.ts';
import { link, plainTable } from './markup.ts';

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
    const when = `${made.slice(0, 16).replace('T', ' ')} UTC`;
    const first = link(`${encodeURIComponent(id)}/index.html`, title);
    return [first, profile, when, commit.slice(0, 8), id];
  });
  const headings = ['report', 'profile', 'made', 'commit', 'folder'];
  const table = plainTable('Reports', headings, rows);
  const sheet = '<link rel="stylesheet" href="reports.css">';
  const page = htmlDocument('Reports', sheet, `<main>\n<h1>Reports</h1>\n${table}\n</main>`);
  writeAtomically(realDisk, join(out, 'reports.css'), style);
  writeAtomically(realDisk, join(out, 'index.html'), page);
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
