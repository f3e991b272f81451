import { escapeHtml } from './html.ts';

/** A cell of a table: text, a number, nothing, or markup made by another function of this file. */
export type MarkupCell = string | number | undefined | Markup;

/** HTML in which every text is escaped. */
export interface Markup {
  readonly html: string;
}

export function link(href: string, text: string): Markup {
  return { html: `<a href="${escapeHtml(href)}">${escapeHtml(text)}</a>` };
}

export function code(text: string): Markup {
  return { html: `<code>${escapeHtml(text)}</code>` };
}

/** @param tone colours it; it says the same without */
export function toned(text: string, tone: 'good' | 'bad' | 'warn' | 'muted'): Markup {
  return { html: `<span class="${tone}">${escapeHtml(text)}</span>` };
}

/** Terms and what is said of each; those without are left out. */
export function factList(facts: readonly (readonly [string, MarkupCell])[]): string {
  const rows = facts
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([term, value]) => `<dt>${escapeHtml(term)}</dt><dd>${cell(value)}</dd>`);
  return `<dl class="facts">\n${rows.join('\n')}\n</dl>`;
}

/** A table of few rows. Columns of numbers are aligned to the right. */
export function plainTable(
  caption: string,
  headings: readonly string[],
  rows: readonly (readonly MarkupCell[])[],
): string {
  const isNumeric = headings.map((_, i) =>
    rows.every((row) => row[i] === undefined || typeof row[i] === 'number'),
  );
  const classOf = (i: number) => (isNumeric[i] ? ' class="number"' : '');
  const head = headings.map((text, i) => `<th scope="col"${classOf(i)}>${escapeHtml(text)}</th>`);
  const body = rows.map(
    (row) => `<tr>${row.map((one, i) => `<td${classOf(i)}>${cell(one)}</td>`).join('')}</tr>`,
  );
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(caption)}"><table class="plain">
<thead><tr>${head.join('')}</tr></thead>
<tbody>
${body.join('\n')}
</tbody>
</table></div>`;
}

function cell(value: MarkupCell): string {
  if (value === undefined) return '';
  return typeof value === 'object' ? value.html : escapeHtml(String(value));
}
