import { type JudgedClaim, VERDICTS, type Verdict } from '../../claims/claim.ts';
import { digits } from '../../claims/rules.ts';
import type { ReportContext, ReportPage } from '../../pipe/pipeline/contract.ts';
import { readCounts, STUDY_CLAIMS } from '../../study/evidence/claims.ts';
import type { StudyEvidence } from '../../study/evidence/evidence.ts';
import { readFloors } from '../../study/floor/table.ts';
import { readMetrics } from '../../study/metrics/runs.ts';
import { readTable } from '../../tables/read.ts';
import { type ClaimRows, type RowsRead, rowsOf } from './claim-rows.ts';
import { html, type Markup, withCode } from './markup.ts';
import { type RowLinks, rowLinks } from './row-links.ts';

/** Readable without colour. */
const MARKS: Readonly<Record<Verdict, string>> = { holds: '✓', fails: '✗', undecided: '?' };
const TONES: Readonly<Record<Verdict, string>> = { holds: 'good', fails: 'bad', undecided: 'warn' };

/** The verdicts that the stage `claims` stored; none if it has not run. */
export function storedVerdicts(context: ReportContext): readonly JudgedClaim[] {
  const path = context.artifact('claims', 'claims');
  if (path === undefined) return [];
  const table = readTable(path, 'claims');
  const [names, profiles, verdicts, evidence] = ['claim', 'profile', 'verdict', 'evidence'].map(
    (column) => table.utf8(column),
  );
  return names.flatMap((claim, i) => {
    const known = STUDY_CLAIMS.find(({ name }) => name === claim);
    const verdict = VERDICTS.find((one) => one === verdicts[i]);
    if (known === undefined || verdict === undefined) return [];
    const { statement, rule } = known;
    return [
      {
        claim: known.name,
        statement,
        rule,
        profile: String(profiles[i]),
        verdict,
        evidence: String(evidence[i]),
      },
    ];
  });
}

/** Sign and word of a verdict. */
export function verdictMark(verdict: Verdict): Markup {
  return html`<span class="verdict ${TONES[verdict]}">${MARKS[verdict]} ${verdict}</span>`;
}

/** A page of all claims, each with its rule, its evidence and the rows that were read; none without verdicts. */
export function claimPages(context: ReportContext): readonly ReportPage[] {
  const judged = storedVerdicts(context);
  if (judged.length === 0) return [];
  const evidence = evidenceOf(context);
  const counts = VERDICTS.map((verdict) => {
    const count = judged.filter((claim) => claim.verdict === verdict).length;
    return html`<li>${verdictMark(verdict)}: ${count}</li>`;
  });
  const page = html`<p>Every published statement is a check of the study's tables, with a rule that was fixed before. A statement that
does not reproduce fails, with its numbers; it is undecided where the seeds disagree or this profile lacks what it is about.
Open one to see its rule, its evidence and the rows it was judged by.</p>
<ul class="counts">${counts}</ul>
<div class="claims">${judged.map((claim) => claimDetails(context, claim, evidence))}</div>`;
  return [
    {
      slug: 'claims',
      title: 'Claims',
      html: page.html,
      scripts: ['src/pages/client/claims/main.ts'],
    },
  ];
}

function evidenceOf(context: ReportContext): StudyEvidence {
  const counts = context.artifact('count-subsets', 'subset-counts');
  return {
    runs: readMetrics(context.artifacts('evaluate', 'metrics')),
    counts: counts === undefined ? [] : readCounts(counts),
    floors: readFloors(context.artifacts('floor', 'floor')),
  };
}

function claimDetails(
  context: ReportContext,
  judged: JudgedClaim,
  evidence: StudyEvidence,
): Markup {
  const { claim, verdict, statement, rule } = judged;
  const known = STUDY_CLAIMS.find(({ name }) => name === claim);
  const rows = known === undefined ? undefined : rowsOf(known, evidence);
  return html`<details id="${claim}" class="claim"><summary>${verdictMark(verdict)} ${withCode(statement)}</summary>
<dl class="facts"><dt>name</dt><dd><code>${claim}</code></dd><dt>rule</dt><dd>${withCode(rule)}</dd>
<dt>evidence</dt><dd>${withCode(judged.evidence)}</dd></dl>
${rows === undefined ? '' : rowTables(context, rows)}</details>`;
}

function rowTables(context: ReportContext, { runs, floors, counts }: ClaimRows): readonly Markup[] {
  const linksOf = (stage: string, output: string) => rowLinks(context, stage, output);
  return [
    rowTable('trained models', RUN_COORDINATES, runs, linksOf('evaluate', 'metrics')),
    rowTable('floors', ['deck', 'game', 'dim'], floors, linksOf('floor', 'floor')),
    rowTable(
      'numbers of subsets',
      COUNT_COORDINATES,
      counts,
      linksOf('count-subsets', 'subset-counts'),
    ),
  ].flat();
}

const RUN_COORDINATES = ['deck', 'game', 'model', 'dim', 'seed'] as const;
const COUNT_COORDINATES = ['deck', 'game', 'operators', 'pairs'] as const;

function rowTable<R extends object>(
  what: string,
  coordinates: readonly (keyof R & string)[],
  { rows, columns }: RowsRead<R>,
  { table, instance }: RowLinks,
): readonly Markup[] {
  if (rows.length === 0) return [];
  const names = [...coordinates, ...columns];
  const lines = rows.map((row) => {
    const cells = names.map((name) => html`<td class="number">${text(row[name as keyof R])}</td>`);
    return html`<tr>${cells}<td>${instance(row)}</td></tr>`;
  });
  return [
    html`<section class="scroll" tabindex="0" aria-label="rows of ${what}"><table class="plain">
<caption>${rows.length} rows of ${what}, from ${table}</caption>
<thead><tr>${names.map((name) => html`<th scope="col" class="number">${name}</th>`)}<th scope="col">made by</th></tr></thead>
<tbody>${lines}</tbody></table></section>`,
  ];
}

function text(value: unknown): string {
  if (value === undefined || value === null) return '–';
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : digits(value);
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([name, number]) => `${name} ${text(number)}`)
      .join(', ');
  }
  return String(value);
}
