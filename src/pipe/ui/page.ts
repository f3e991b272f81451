import type { BrowserCode } from '../report/bundle.ts';
import { escapeHtml, htmlDocument } from '../report/html.ts';

/** The live page, with its code and style sheet inside. */
export function livePage(project: string, { script, style }: BrowserCode, nonce: string): string {
  const title = `${project}, live`;
  const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('utf8');
  const body = `<main id="main">
<h1>${escapeHtml(title)}</h1>
<div id="live"><p class="muted">Connecting…</p></div>
</main>
<script nonce="${nonce}">${text(script).replaceAll('</script', '<\\/script')}</script>`;
  return htmlDocument(title, `<style>${text(style)}</style>`, body);
}
