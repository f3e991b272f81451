import { Resvg } from '@resvg/resvg-js';
import { outlineText } from './outlines.ts';
import type { Style } from './palette.ts';

/** `auto` follows the reader's colour scheme, and is light where that is unknown. */
export type Scheme = 'auto' | 'light';

/** What a figure is drawn on: paper, title and subtitle. */
interface Sheet {
  readonly title: string;
  /** Lines under the title: what was measured, on how much. */
  readonly subtitle: readonly string[];
  readonly width: number;
  readonly height: number;
  /** Styles whose light colours become their dark ones in the dark scheme. */
  readonly styles?: readonly Style[];
}

export const MARGIN = 16;
const TITLE_HEIGHT = 26;
const LINE_HEIGHT = 17;
/** Pixels of the PNG per unit of the SVG. */
const PNG_SCALE = 2;

/** Of text, in pixels. */
const FONT_SIZE = 13;
const TEXT_CLASSES = {
  title: { size: 19, bold: true },
  subtitle: { size: FONT_SIZE },
  heading: { size: 14, bold: true },
} as const;
const INK = '#22262b';
const PAPER = '#ffffff';
const INK_DARK = '#e6e9ee';
const PAPER_DARK = '#14171b';

/** The first y below title and subtitle. */
export function topOf({ subtitle }: Pick<Sheet, 'subtitle'>): number {
  return MARGIN + TITLE_HEIGHT + subtitle.length * LINE_HEIGHT + 8;
}

/** An SVG of a sheet with these parts on it, text as outlines. Text and `currentColor` have the ink's colour. */
export function sheetSvg(sheet: Sheet, parts: readonly string[], scheme: Scheme): string {
  const { title, subtitle, width, height, styles = [] } = sheet;
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(title)}">`,
    `<style>${css(styles, scheme)}</style>`,
    `<rect class="paper" width="${width}" height="${height}" fill="${PAPER}"/>`,
    svgText(title, MARGIN, MARGIN + 18, 'class="title"'),
    ...subtitle.map((line, i) =>
      svgText(line, MARGIN, MARGIN + TITLE_HEIGHT + (i + 1) * LINE_HEIGHT - 4, 'class="subtitle"'),
    ),
    ...parts,
    '</svg>',
  ].join('\n');
  return outlineText(svg, { size: FONT_SIZE, classes: TEXT_CLASSES });
}

/** A light SVG as PNG: the same bytes on every machine. */
export function renderPng(svg: string): Uint8Array {
  const image = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: PNG_SCALE },
    font: { loadSystemFonts: false },
  });
  return image.render().asPng();
}

export function svgText(content: string, x: number, y: number, attributes: string): string {
  return `<text x="${x}" y="${y}" ${attributes}>${escapeXml(content)}</text>`;
}

function css(styles: readonly Style[], scheme: Scheme): string {
  const base = [
    // The font is for text that could not be outlined.
    `svg{font-family:sans-serif;font-size:${FONT_SIZE}px;color:${INK}}`,
    `text,.text{fill:${INK}}`,
    '.subtitle{opacity:.8}',
  ];
  if (scheme === 'light') return base.join('');
  const recoloured = styles.flatMap(({ light, dark }) => [
    `[stroke="${light}"]{stroke:${dark}}`,
    `[fill="${light}"]{fill:${dark}}`,
  ]);
  const inDark = [
    `svg{color:${INK_DARK}}`,
    `text,.text{fill:${INK_DARK}}`,
    `.paper{fill:${PAPER_DARK}}`,
    ...new Set(recoloured),
  ];
  return `${base.join('')}@media (prefers-color-scheme:dark){${inDark.join('')}}`;
}

function escapeXml(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
