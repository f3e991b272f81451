/** Text for the content or a quoted attribute of an HTML element. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** JSON for the inside of a script element: nothing in it ends the element or starts a comment. */
function scriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

/**
 * A whole document.
 * @param head what its head has besides the usual
 */
export function htmlDocument(title: string, head: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
${head}
</head>
<body>
${body}
</body>
</html>
`;
}

/** A link of the navigation. */
export interface NavigationLink {
  readonly href: string;
  readonly title: string;
}

/** A page of a site, with all that its frame shows. */
export interface FramedPage {
  readonly title: string;
  /** File name of the page. */
  readonly href: string;
  /** What follows the title. */
  readonly html: string;
  /** Scripts and style sheets, relative to the page, in order. */
  readonly scripts: readonly string[];
  readonly styles: readonly string[];
  /** Files of the page's data by name, for `report.load`. */
  readonly data: Readonly<Record<string, string>>;
}

/**
 * A page with heading and navigation.
 *
 * @param site the title of the whole site
 */
export function framePage(
  site: string,
  navigation: readonly NavigationLink[],
  { title, href, html, scripts, styles, data }: FramedPage,
): string {
  const links = navigation.map((link) => {
    const here = link.href === href ? ' aria-current="page"' : '';
    return `<li><a href="${escapeHtml(link.href)}"${here}>${escapeHtml(link.title)}</a></li>`;
  });
  const sheets = styles.map((path) => `<link rel="stylesheet" href="${escapeHtml(path)}">`);
  const code = scripts.map((path) => `<script src="${escapeHtml(path)}"></script>`);
  const body = `<a class="skip" href="#main">Skip to the content</a>
<header>
<p class="site">${escapeHtml(site)}</p>
<nav aria-label="Pages"><ul>
${links.join('\n')}
</ul></nav>
</header>
<main id="main" tabindex="-1">
<h1>${escapeHtml(title)}</h1>
${html}
</main>
<script type="application/json" id="report-data">${scriptJson(data)}</script>
${code.join('\n')}`;
  return htmlDocument(`${title} · ${site}`, sheets.join('\n'), body);
}
