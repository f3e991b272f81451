import { extname } from 'node:path';
import { escapeHtml } from '../html.ts';
import type { ReportInput } from '../input.ts';
import type { GenericPage } from '../site.ts';

const PICTURES = new Set(['.svg', '.png', '.jpg', '.jpeg', '.gif', '.webp', '.avif']);

/** Bytes of all pictures; the rest is named only. */
const LIMIT = 20e6;

/** A picture of an instance, in the formats that it has. */
interface Figure {
  readonly id: string;
  /** The one that is shown: vectors before pixels. */
  readonly name: string;
  readonly formats: readonly { readonly name: string; readonly href: string }[];
}

/** Every picture. A picture of an artifact is shown as an image, in which no script runs. */
export function figuresPage({ results }: ReportInput): GenericPage | undefined {
  const files: Record<string, string> = {};
  const names = new Map<string, string>();
  const byName = new Map<string, Figure>();
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
      const { id } = instance;
      const one = `${id}/${name.slice(0, -ending.length)}`;
      const { formats = [] } = byName.get(one) ?? {};
      const all = [...formats, { name, href: `files/figures/${target}` }];
      byName.set(one, { id, name: all.find(isVector)?.name ?? all[0].name, formats: all });
    }
  }
  if (byName.size === 0) return undefined;
  const figures = [...byName.values()].map(figureOf);
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

function isVector({ name }: { readonly name: string }): boolean {
  return /\.svg$/i.test(name);
}

function figureOf({ id, name, formats }: Figure): string {
  const title = escapeHtml(`${id}/${name}`);
  const href = formats.find((format) => format.name === name)?.href ?? '';
  const downloads = formats.map((format) => {
    const file = escapeHtml(format.name.split('/').at(-1) ?? format.name);
    const words = formats.length === 1 ? 'download' : extname(format.name).slice(1);
    return `<a href="${format.href}" download="${file}" aria-label="Download ${escapeHtml(`${id}/${format.name}`)}">${words}</a>`;
  });
  return `<figure data-name="${title}"><a href="${href}"><img src="${href}" alt="${title}" loading="lazy"></a>
<figcaption><a href="instances.html#${escapeHtml(encodeURIComponent(id))}">${escapeHtml(id)}</a> ${escapeHtml(name)}
${downloads.join(' ')}</figcaption></figure>`;
}
