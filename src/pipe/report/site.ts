import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Json } from '../core/json.ts';
import type { ReportPage } from '../pipeline/contract.ts';
import { type BrowserCode, clientCode, projectCode } from './bundle.ts';
import { dataScript, type PackedData } from './data-script.ts';
import { framePage, type NavigationLink } from './html.ts';

/** A page of the runner itself: what a project's page has, but its code comes with the runner. */
export interface GenericPage extends Omit<ReportPage, 'scripts' | 'data'> {
  readonly data?: Readonly<Record<string, Json | Uint8Array | PackedData>>;
}

export interface Site {
  readonly title: string;
  /** Of the project, for the browser code of its pages. */
  readonly root: string;
  readonly ownPages: readonly ReportPage[];
  readonly genericPages: readonly GenericPage[];
}

/** Writes all files of a site into an empty folder. */
export async function writeSite(folder: string, site: Site): Promise<void> {
  const write = (path: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  const writeCode = (name: string, { script, style }: BrowserCode) => {
    write(`assets/${name}.js`, script);
    if (style !== undefined) write(`assets/${name}.css`, style);
    return style !== undefined;
  };
  const { title, root, ownPages, genericPages } = site;
  const all: readonly GenericPage[] = [...ownPages, ...genericPages];
  const scriptsOf = ({ slug }: GenericPage) =>
    ownPages.find((page) => page.slug === slug)?.scripts ?? [];
  // The first page is the one that opens.
  const hrefOf = ({ slug }: GenericPage) => (slug === all[0].slug ? 'index.html' : `${slug}.html`);
  const navigation: readonly NavigationLink[] = [
    ...all.map((page) => ({ href: hrefOf(page), title: page.title })),
    { href: '../index.html', title: 'All reports' },
  ];
  writeCode('load', await clientCode('load'));
  writeCode('report', await clientCode('report'));
  for (const page of all) {
    const { slug, html } = page;
    const scripts = ['assets/load.js'];
    const styles = ['assets/report.css'];
    for (const [i, path] of scriptsOf(page).entries()) {
      const name = `${slug}-${i}`;
      if (writeCode(name, await projectCode(root, path))) styles.push(`assets/${name}.css`);
      scripts.push(`assets/${name}.js`);
    }
    if (genericPages.includes(page)) scripts.push('assets/report.js');
    const data: Record<string, string> = {};
    for (const [i, [name, value]] of Object.entries(page.data ?? {}).entries()) {
      data[name] = `data/${slug}/${i}.js`;
      write(data[name], dataScript(data[name], value));
    }
    for (const [name, path] of Object.entries(page.files ?? {})) {
      const target = join(folder, 'files', slug, name);
      mkdirSync(dirname(target), { recursive: true });
      copyFileSync(path, target);
    }
    const framed = { title: page.title, href: hrefOf(page), html, scripts, styles, data };
    write(hrefOf(page), framePage(title, navigation, framed));
  }
}
