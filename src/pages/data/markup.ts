/** HTML in which every quoted text is escaped. */
export interface Markup {
  readonly html: string;
}

type Part = Markup | string | number | readonly Part[];

/** HTML with texts, numbers and other markup in it; texts are escaped. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { html: String.raw({ raw: strings }, ...parts.map(htmlOf)) };
}

function htmlOf(part: Part): string {
  if (typeof part === 'object') return 'html' in part ? part.html : part.map(htmlOf).join('');
  return String(part).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Words in backticks as code. */
export function withCode(text: string): readonly Part[] {
  return text.split('`').map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : part));
}
