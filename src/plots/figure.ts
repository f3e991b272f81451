import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { Style } from './palette.ts';
import { MARGIN, renderPng, type Scheme, sheetSvg, svgText, topOf } from './sheet.ts';

/** An entry of a legend. */
export interface LegendEntry {
  readonly label: string;
  readonly style: Style;
  /** What it explains; a line with symbols by default. */
  readonly mark?: 'line' | 'symbol' | 'small symbol' | 'hollow symbol';
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
  /** Panels per row; by default all of them. */
  readonly columns?: number;
  /** Size of a panel in pixels; `PANEL` by default. */
  readonly panelSize?: { readonly width: number; readonly height: number };
  readonly legendTitle: string;
  readonly legend: readonly LegendEntry[];
}

export const PANEL = { width: 520, height: 400 } as const;
const MIN_LEGEND_WIDTH = 150;
/** From a legend's left edge to its labels, with the gap before it. */
const SWATCH_WIDTH = 42;
const HEADING_HEIGHT = 22;
/** Between rows of panels. */
const ROW_GAP = 14;
/** Average width of a letter of a legend's label. */
const LETTER_WIDTH = 6.6;

const { document } = parseHTML('<!doctype html><html><body></body></html>');

/** Draws a figure as SVG. */
export function drawSvg(figure: Figure, scheme: Scheme = 'auto'): string {
  const { title, subtitle, panels, legend, panelSize = PANEL } = figure;
  const columns = Math.min(figure.columns ?? panels.length, panels.length);
  const rowHeight = HEADING_HEIGHT + panelSize.height + ROW_GAP;
  const top = topOf(figure);
  const width = 2 * MARGIN + columns * panelSize.width + legendWidth(figure);
  const height = top + Math.ceil(panels.length / columns) * rowHeight - ROW_GAP + MARGIN;
  const styles = legend.map(({ style }) => style);
  const parts = [
    ...panels.map((panel, i) =>
      drawPanel(
        panel,
        panelSize,
        MARGIN + (i % columns) * panelSize.width,
        top + Math.floor(i / columns) * rowHeight,
      ),
    ),
    drawLegend(figure, MARGIN + columns * panelSize.width + 8, top + HEADING_HEIGHT),
  ];
  return sheetSvg({ title, subtitle, width, height, styles }, parts, scheme);
}

/** The figure as PNG in the light scheme: the same bytes on every machine. */
export function drawPng(figure: Figure): Uint8Array {
  return renderPng(drawSvg(figure, 'light'));
}

/** One plot with its heading, at a place of a sheet. */
export function drawPanel(
  { heading, options }: Panel,
  { width, height }: { readonly width: number; readonly height: number },
  x: number,
  y: number,
): string {
  const plot = Plot.plot({
    ...options,
    width,
    height,
    document: document as never,
    style: { color: 'currentColor' },
  });
  // Plot's style sheet would override that of the sheet.
  plot.querySelector('style')?.remove();
  for (const [name, value] of Object.entries({ x, y: y + HEADING_HEIGHT, overflow: 'visible' })) {
    plot.setAttribute(name, String(value));
  }
  plot.removeAttribute('style');
  return `${svgText(heading, x + 4, y + 14, 'class="heading"')}\n${plot.outerHTML}`;
}

function legendWidth({ legend }: Figure): number {
  const longest = Math.max(0, ...legend.map(({ label }) => label.length));
  return Math.max(MIN_LEGEND_WIDTH, Math.ceil(SWATCH_WIDTH + longest * LETTER_WIDTH));
}

function drawLegend({ legendTitle, legend }: Figure, x: number, y: number): string {
  const entries = legend.map(({ label, style, mark }, i) => {
    const at = y + 28 + i * 22;
    const dash = style.dash ? ` stroke-dasharray="${style.dash}"` : '';
    const line = `<line x1="${x}" x2="${x + 26}" y1="${at}" y2="${at}" stroke="${style.light}" stroke-width="2"${dash}/>`;
    const scale = mark === 'small symbol' ? ' scale(0.5)' : '';
    return [
      mark === undefined || mark === 'line' ? line : '',
      mark === 'line'
        ? ''
        : `<g transform="translate(${x + 13},${at})${scale}">${marker(style, mark === 'hollow symbol')}</g>`,
      svgText(label, x + 34, at + 4.5, 'class="legend"'),
    ].join('');
  });
  return [svgText(legendTitle, x, y + 8, 'class="heading"'), ...entries].join('\n');
}

function marker({ symbol, light }: Style, isHollow: boolean): string {
  const shapes: Readonly<Record<Style['symbol'], string>> = {
    circle: '<circle r="4"',
    diamond2: '<path d="M0,-5.5L5.5,0L0,5.5L-5.5,0Z"',
    square: '<rect x="-3.8" y="-3.8" width="7.6" height="7.6"',
    triangle: '<path d="M0,-5L4.6,3.6L-4.6,3.6Z"',
    cross: '<path d="M-5,-1.5H-1.5V-5H1.5V-1.5H5V1.5H1.5V5H-1.5V1.5H-5Z"',
    star: '<path d="M0,-6L1.4,-1.9L5.7,-1.9L2.2,0.7L3.5,4.9L0,2.3L-3.5,4.9L-2.2,0.7L-5.7,-1.9L-1.4,-1.9Z"',
  };
  const paint = isHollow ? `fill="none" stroke="${light}" stroke-width="1.5"` : `fill="${light}"`;
  return `${shapes[symbol]} ${paint}/>`;
}
