import { extname } from 'node:path';
import { escapeHtml } from '../html.ts';
import type { ReportInput } from '../input.ts';
import type { GenericPage } from '../site.ts';

const PICTURES = new Set(['.svg', '.png', '.jpg', '.jpeg', '.gif', '.webp', '.avif']);

/** Bytes of all pictures; the rest is named only. */
const LIMIT = 20e6;

/** Every picture. A picture of an artifact is shown as an image, in which no script runs. */
export function figuresPage({ results }: ReportInput): GenericPage | undefined {
  const files: Record<string, string> = {};
  const names = new Map<string, string>();
  const figures: string[] = [];
  let size = 0;
  let left = 0;
  for (const { instance, files: own } of results) {
    for (const { name, digest, path, size: bytes } of own) {
      const ending = extname(name).toLowerCase();
      if (!PICTURES.has(ending)) continue;
      const target = names.get(digest) ?? `${digest.slice(0, 16)}${ending}`;
      if (!names.has(digest)) {
        if (size + bytes > LIMIT) {
          left += 1;
          continue;
        }
        size += bytes;
        names.set(digest, target);
        files[target] = path;
      }
      figures.push(figure(instance.id, name, `files/figures/${target}`));
    }
  }
  if (figures.length === 0) return undefined;
  const note =
    left === 0
      ? ''
      : `<p class="muted">${left} more are too large for a report: see artifacts/.</p>`;
  return {
    slug: 'figures',
    title: 'Figures',
    html: `<div data-view="search-figures"></div>\n<div class="figures">\n${figures.join('\n')}\n</div>\n${note}`,
    files,
  };
}

function figure(id: string, name: string, href: string): string {
  const title = escapeHtml(`${id}/${name}`);
  const file = escapeHtml(name.split('/').at(-1) ?? name);
  return `<figure data-name="${title}"><a href="${href}"><img src="${href}" alt="${title}" loading="lazy"></a>
<figcaption><a href="instances.html#${escapeHtml(encodeURIComponent(id))}">${escapeHtml(id)}</a> ${escapeHtml(name)}
<a href="${href}" download="${file}" aria-label="Download ${title}">download</a></figcaption></figure>`;
}
