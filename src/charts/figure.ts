import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as Plot from '@observablehq/plot';
import { Resvg } from '@resvg/resvg-js';
import { parseHTML } from 'linkedom';
import type { Style } from './palette.ts';

/** An entry of a legend, in the order of reading. */
export interface LegendEntry {
  readonly label: string;
  readonly style: Style;
}

/** One plot of a figure, side by side with the others. */
export interface Panel {
  readonly heading: string;
  readonly options: Plot.PlotOptions;
}

export interface Figure {
  readonly title: string;
  /** Lines under the title: what was measured, on how much. */
  readonly subtitle: readonly string[];
  readonly panels: readonly Panel[];
  readonly legendTitle: string;
  readonly legend: readonly LegendEntry[];
}

export const PANEL = { width: 520, height: 400 } as const;
const LEGEND_WIDTH = 150;
const MARGIN = 16;
const TITLE_HEIGHT = 26;
const LINE_HEIGHT = 17;
const HEADING_HEIGHT = 22;
/** Pixels of the PNG per unit of the SVG. */
const PNG_SCALE = 2;

const FONT_FAMILY = 'Source Sans 3';
const INK = '#22262b';
const PAPER = '#ffffff';
const INK_DARK = '#e6e9ee';
const PAPER_DARK = '#14171b';

const { document } = parseHTML('<!doctype html><html><body></body></html>');

/**
 * Draws a figure. The SVG follows the reader's colour scheme, with the light one where that is not
 * known; `light` fixes it.
 */
export function drawSvg(figure: Figure, scheme: 'auto' | 'light' = 'auto'): string {
  const { title, subtitle, panels, legend } = figure;
  const top = MARGIN + TITLE_HEIGHT + subtitle.length * LINE_HEIGHT + 8;
  const width = 2 * MARGIN + panels.length * PANEL.width + LEGEND_WIDTH;
  const height = top + HEADING_HEIGHT + PANEL.height + MARGIN;
  const parts = [
    text(title, MARGIN, MARGIN + 18, 'class="title"'),
    ...subtitle.map((line, i) =>
      text(line, MARGIN, MARGIN + TITLE_HEIGHT + (i + 1) * LINE_HEIGHT - 4, 'class="subtitle"'),
    ),
    ...panels.map((panel, i) => drawPanel(panel, MARGIN + i * PANEL.width, top)),
    drawLegend(figure, MARGIN + panels.length * PANEL.width + 8, top + HEADING_HEIGHT),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(title)}">`,
    `<style>${css(legend, scheme)}</style>`,
    `<rect class="paper" width="${width}" height="${height}" fill="${PAPER}"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

/** The figure as PNG, light, with the fonts that come with the project: the same bytes anywhere. */
export function drawPng(figure: Figure): Uint8Array {
  const image = new Resvg(drawSvg(figure, 'light'), {
    fitTo: { mode: 'zoom', value: PNG_SCALE },
    font: { loadSystemFonts: false, fontFiles: fontFiles(), defaultFontFamily: FONT_FAMILY },
  });
  return image.render().asPng();
}

function drawPanel({ heading, options }: Panel, x: number, y: number): string {
  const plot = Plot.plot({
    ...options,
    ...PANEL,
    document: document as never,
    style: { color: 'currentColor' },
  });
  // The page's style sheet is ours; Plot's own would shadow it.
  plot.querySelector('style')?.remove();
  for (const [name, value] of Object.entries({ x, y: y + HEADING_HEIGHT, overflow: 'visible' })) {
    plot.setAttribute(name, String(value));
  }
  plot.removeAttribute('style');
  return `${text(heading, x + 4, y + 14, 'class="heading"')}\n${plot.outerHTML}`;
}

function drawLegend({ legendTitle, legend }: Figure, x: number, y: number): string {
  const entries = legend.map(({ label, style }, i) => {
    const at = y + 28 + i * 22;
    const dash = style.dash ? ` stroke-dasharray="${style.dash}"` : '';
    return [
      `<line x1="${x}" x2="${x + 26}" y1="${at}" y2="${at}" stroke="${style.light}" stroke-width="2"${dash}/>`,
      `<g transform="translate(${x + 13},${at})">${marker(style)}</g>`,
      text(label, x + 34, at + 4.5, 'class="legend"'),
    ].join('');
  });
  return [text(legendTitle, x, y + 8, 'class="heading"'), ...entries].join('\n');
}

function marker({ symbol, light }: Style): string {
  const shapes: Readonly<Record<Style['symbol'], string>> = {
    circle: '<circle r="4"',
    diamond2: '<path d="M0,-5.5L5.5,0L0,5.5L-5.5,0Z"',
    square: '<rect x="-3.8" y="-3.8" width="7.6" height="7.6"',
    triangle: '<path d="M0,-5L4.6,3.6L-4.6,3.6Z"',
    cross: '<path d="M-5,-1.5H-1.5V-5H1.5V-1.5H5V1.5H1.5V5H-1.5V1.5H-5Z"',
    star: '<path d="M0,-6L1.4,-1.9L5.7,-1.9L2.2,0.7L3.5,4.9L0,2.3L-3.5,4.9L-2.2,0.7L-5.7,-1.9L-1.4,-1.9Z"',
  };
  return `${shapes[symbol]} fill="${light}"/>`;
}

function css(legend: readonly LegendEntry[], scheme: 'auto' | 'light'): string {
  const base = [
    `svg{font-family:'${FONT_FAMILY}',system-ui,sans-serif;font-size:13px;color:${INK}}`,
    `text{fill:${INK}}`,
    '.title{font-size:19px;font-weight:600}',
    '.subtitle{font-size:13px;opacity:.8}',
    '.heading{font-size:14px;font-weight:600}',
    'g[aria-label$="tick label"]{font-size:13px}',
    'g[aria-label$="axis label"]{font-size:13px}',
  ];
  if (scheme === 'light') return base.join('');
  const recoloured = legend.flatMap(({ style: { light, dark } }) => [
    `[stroke="${light}"]{stroke:${dark}}`,
    `[fill="${light}"]{fill:${dark}}`,
  ]);
  const inDark = [
    `svg{color:${INK_DARK}}`,
    `text{fill:${INK_DARK}}`,
    `.paper{fill:${PAPER_DARK}}`,
    ...new Set(recoloured),
  ];
  return `${base.join('')}@media (prefers-color-scheme:dark){${inDark.join('')}}`;
}

function text(content: string, x: number, y: number, attributes: string): string {
  return `<text x="${x}" y="${y}" ${attributes}>${escapeXml(content)}</text>`;
}

function escapeXml(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function fontFiles(): string[] {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('@expo-google-fonts/source-sans-3/package.json'));
  return ['400Regular', '600SemiBold'].map((weight) =>
    join(folder, weight, `SourceSans3_${weight}.ttf`),
  );
}
