import type { BrowserCode } from '../report/bundle.ts';
import { escapeHtml } from '../report/html.ts';

/** The live page, with its code and style sheet inside. */
export function livePage(project: string, { script, style }: BrowserCode, nonce: string): string {
  const title = escapeHtml(`${project}, live`);
  const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('utf8');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${text(style)}</style>
</head>
<body>
<main id="main">
<h1>${title}</h1>
<div id="live"><p class="muted">Connecting…</p></div>
</main>
<script nonce="${nonce}">${text(script).replaceAll('</script', '<\\/script')}</script>
</body>
</html>
`;
}
