import type { Answer } from './answer.ts';
import { answerText, headlines } from './text.ts';

/** The answer as a page of its own, with its figure inside. */
export function answerPage(answer: Answer, svg: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>How many dimensions ${escaped(answer.file)} needs</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark; }
  svg { max-width: 100%; height: auto; }
  pre { overflow-x: auto; }
</style>
<h1>How many dimensions?</h1>
<ul>
${headlines(answer)
  .map((line) => `  <li>${escaped(line)}</li>`)
  .join('\n')}
</ul>
${answer.notes.map((note) => `<p><strong>Note:</strong> ${escaped(note)}</p>`).join('\n')}
${svg.replace(/^<\?xml[^>]*\?>\s*/, '')}
<h2>All numbers</h2>
<pre>${escaped(answerText(answer))}</pre>
</html>
`;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
