import { groupBy } from '../../core/collections.ts';
import type { Drawing, GraphEdge, GraphNode } from './drawing.ts';

/** Pixels. */
const CHARACTER = 7.2;
const LINE = 17;
const PADDING = 12;
const COLUMN_GAP = 96;
const ROW_GAP = 22;
const MARGIN = 24;

/** A node, or the point where a long edge crosses a column. */
interface Cell {
  readonly node?: GraphNode;
  width: number;
  readonly height: number;
  x: number;
  y: number;
}

/** An edge and the cells it passes through, both ends included. */
interface Route {
  readonly edge: GraphEdge;
  readonly cells: readonly Cell[];
}

const STYLE = `
  text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #1f2328; }
  .name { font-weight: 600; }
  .line, .label { fill: #59636e; }
  .label { font-size: 11px; text-anchor: middle; paint-order: stroke; stroke: #ffffff; stroke-width: 3px; }
  .node { fill: #f6f8fa; stroke: #818b98; }
  .edge { fill: none; stroke: #818b98; }
  .arrow { fill: #818b98; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .line, .label { fill: #9198a1; }
    .node { fill: #151b23; }
    .label { stroke: #0d1117; }
  }`;

/** Draws nodes in columns, each to the right of everything it reads from. */
export function renderSvg({ title, nodes, edges }: Drawing): string {
  const { columns, routes } = layOut(nodes, edges);
  const cells = columns.flat();
  const ports = spreadPorts(routes);
  const width = maximum(cells.map((cell) => cell.x + cell.width)) + MARGIN;
  const height = maximum(cells.map((cell) => cell.y + cell.height)) + MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${round(width)}" height="${round(height)}" viewBox="0 0 ${round(width)} ${round(height)}" role="img">`,
    `<title>${escapeText(title)}</title>`,
    `<style>${STYLE}\n</style>`,
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="arrow" d="M0 0L8 4L0 8z"/></marker></defs>',
    ...routes.map((route) => drawEdge(route, ports.get(route))),
    ...cells.map(drawNode),
    '</svg>',
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function layOut(nodes: readonly GraphNode[], edges: readonly GraphEdge[]) {
  const depths = new Map<string, number>();
  const incoming = groupBy(edges, ({ to }) => to);
  for (const { name } of nodes) {
    const before = (incoming.get(name) ?? []).map(({ from }) => depths.get(from) ?? 0);
    depths.set(name, before.length === 0 ? 0 : maximum(before) + 1);
  }
  const columns: Cell[][] = Array.from({ length: maximum([...depths.values()]) + 1 }, () => []);
  const cells = new Map<string, Cell>();
  for (const node of nodes) {
    const longest = maximum([node.name, ...node.lines].map((text) => text.length));
    const cell: Cell = {
      node,
      width: longest * CHARACTER + 2 * PADDING,
      height: (node.lines.length + 1) * LINE + 2 * PADDING - 4,
      x: 0,
      y: 0,
    };
    cells.set(node.name, cell);
    columns[depths.get(node.name) ?? 0].push(cell);
  }
  const routes = edges.flatMap((edge): readonly Route[] => {
    const [from, to] = [cells.get(edge.from), cells.get(edge.to)];
    if (from === undefined || to === undefined) return [];
    const passed: Cell[] = [];
    for (let at = (depths.get(edge.from) ?? 0) + 1; at < (depths.get(edge.to) ?? 0); at += 1) {
      const cell: Cell = { width: 0, height: LINE, x: 0, y: 0 };
      columns[at].push(cell);
      passed.push(cell);
    }
    return [{ edge, cells: [from, ...passed, to] }];
  });
  place(columns, routes);
  return { columns, routes };
}

/** Places columns from left to right, and cells near the middle of the cells that lead to them. */
function place(columns: readonly Cell[][], routes: readonly Route[]): void {
  const steps = routes.flatMap(({ cells }) =>
    cells.slice(1).map((cell, i) => ({ cell, before: cells[i] })),
  );
  const sources = groupBy(steps, ({ cell }) => cell);
  const heights = columns.map((column) =>
    column.reduce((sum, cell) => sum + cell.height + ROW_GAP, -ROW_GAP),
  );
  const tallest = maximum(heights);
  let x = MARGIN;
  for (const [i, column] of columns.entries()) {
    const wanted = new Map(
      column.map((cell) => [cell, middle((sources.get(cell) ?? []).map(({ before }) => before))]),
    );
    column.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0));
    const width = maximum(column.map((cell) => cell.width));
    let y = MARGIN + (tallest - heights[i]) / 2;
    for (const cell of column) {
      // A long edge crosses a column in a straight line, so that it cannot cut a box.
      if (cell.node === undefined) cell.width = width;
      cell.x = x + (width - cell.width) / 2;
      cell.y = y;
      y += cell.height + ROW_GAP;
    }
    x += width + COLUMN_GAP;
  }
}

function middle(cells: readonly Cell[]): number {
  return cells.reduce((sum, { y, height }) => sum + y + height / 2, 0) / Math.max(1, cells.length);
}

/** Heights at which an edge leaves and arrives. */
interface Ports {
  readonly from: number;
  readonly to: number;
}

/** Spreads the edges of a box over its side, in the order of their other ends. */
function spreadPorts(routes: readonly Route[]): ReadonlyMap<Route, Ports> {
  const from = spread(({ cells }) => [cells[0], cells[1]]);
  const to = spread(({ cells }) => [cells[cells.length - 1], cells[cells.length - 2]]);
  return new Map(
    routes.map((route) => [route, { from: from.get(route) ?? 0, to: to.get(route) ?? 0 }]),
  );

  function spread(ends: (route: Route) => readonly [box: Cell, next: Cell]) {
    const heights = new Map<Route, number>();
    for (const [box, own] of groupBy(routes, (route) => ends(route)[0])) {
      own.sort((a, b) => middle([ends(a)[1]]) - middle([ends(b)[1]]));
      for (const [i, route] of own.entries()) {
        heights.set(route, box.y + (box.height * (i + 1)) / (own.length + 1));
      }
    }
    return heights;
  }
}

function drawEdge({ edge, cells }: Route, ports: Ports | undefined): string {
  const points = cells.flatMap((cell, i) => {
    const center = cell.y + cell.height / 2;
    const y = (i === 0 ? ports?.from : i === cells.length - 1 ? ports?.to : center) ?? center;
    const left = { x: cell.x, y };
    const right = { x: cell.x + cell.width, y };
    return i === 0 ? [right] : i === cells.length - 1 ? [left] : [left, right];
  });
  const [start, ...rest] = points;
  let path = `M${round(start.x)} ${round(start.y)}`;
  let before = start;
  for (const point of rest) {
    const bend = round((before.x + point.x) / 2);
    path += `C${bend} ${round(before.y)} ${bend} ${round(point.y)} ${round(point.x)} ${round(point.y)}`;
    before = point;
  }
  const last = points[points.length - 2];
  const label = { x: (last.x + before.x) / 2, y: (last.y + before.y) / 2 - 5 };
  return [
    `<g><title>${escapeText(`${edge.from} -> ${edge.to}: ${edge.label}`)}</title>`,
    `<path class="edge" d="${path}" marker-end="url(#arrow)"/>`,
    `<text class="label" x="${round(label.x)}" y="${round(label.y)}">${escapeText(edge.label)}</text></g>`,
  ].join('');
}

function drawNode({ node, x, y, width, height }: Cell): string {
  if (node === undefined) return '';
  const lines = [node.name, ...node.lines].map((text, i) => {
    const baseline = y + PADDING + LINE * i + 10;
    const kind = i === 0 ? 'name' : 'line';
    return `<text class="${kind}" x="${round(x + PADDING)}" y="${round(baseline)}">${escapeText(text)}</text>`;
  });
  return [
    `<g><title>${escapeText([node.name, ...node.lines].join(', '))}</title>`,
    `<rect class="node" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="6"/>`,
    ...lines,
    '</g>',
  ].join('');
}

/** Of numbers not below 0; `Math.max(...values)` fails on very long lists. */
const maximum = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), 0);

const round = (value: number) => Math.round(value * 10) / 10;

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
