import * as Plot from '@observablehq/plot';
import { useEffect, useRef } from 'preact/hooks';

/** A line of a chart. */
export interface Line {
  readonly name: string;
  readonly x: readonly number[];
  /** As many; `null` where there is none. */
  readonly y: readonly (number | null)[];
}

interface CurveChartProps {
  readonly lines: readonly Line[];
  readonly xLabel: string;
  readonly yLabel: string;
  readonly isLog: boolean;
}

/** Points of a line that are drawn at most: more cannot be told apart. */
const POINTS = 400;

/** Lines over steps; the pointer names the nearest point. */
export function CurveChart({ lines, xLabel, yLabel, isLog }: CurveChartProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { current } = place;
    if (current === null) return undefined;
    const draw = () => {
      const width = Math.max(280, current.clientWidth);
      current.replaceChildren(chart({ lines, xLabel, yLabel, isLog }, width));
    };
    draw();
    const observer = new ResizeObserver(draw);
    observer.observe(current);
    return () => observer.disconnect();
  }, [lines, xLabel, yLabel, isLog]);
  return <div class="chart" ref={place} />;
}

function chart({ lines, xLabel, yLabel, isLog }: CurveChartProps, width: number) {
  const points = lines.flatMap(pointsOf).filter(({ y }) => !isLog || y > 0);
  const hasLegend = lines.length > 1 && lines.length <= 12;
  const tip = Plot.tip(
    points,
    Plot.pointer({
      x: 'x',
      y: 'y',
      maxRadius: Infinity,
      title: ({ name, x, y }) => `${name}\n${xLabel} ${x}\n${yLabel} ${Number(y.toPrecision(6))}`,
      fill: 'var(--surface)',
      stroke: 'var(--border)',
    }),
  );
  // It is drawn anew when the pointer moves.
  Object.assign(tip, { ariaLabel: null });
  const figure = Plot.plot({
    width,
    height: Math.min(420, Math.max(240, width * 0.5)),
    marginLeft: 56,
    marginBottom: 40,
    style: { background: 'transparent', color: 'inherit', fontSize: '12px', overflow: 'visible' },
    color: { legend: hasLegend, domain: lines.map(({ name }) => name) },
    x: { label: xLabel, nice: true },
    y: { label: yLabel, grid: true, nice: true, ...(isLog ? { type: 'log' } : {}) },
    marks: [
      Plot.line(points, { x: 'x', y: 'y', z: 'name', stroke: 'name', strokeWidth: 1.5 }),
      tip,
    ],
  });
  const names = lines.map(({ name }) => name);
  const who = names.length > 3 ? `${names.length} instances` : names.join(', ');
  // With a legend it is a part of a figure, whose swatches are drawn too.
  const svg = figure.tagName === 'svg' ? figure : figure.querySelector(':scope > svg');
  // A picture has one name: those of its parts are no help, and not allowed.
  for (const part of figure.querySelectorAll('[aria-label]')) {
    part.setAttribute('data-mark', part.getAttribute('aria-label') ?? '');
    part.removeAttribute('aria-label');
  }
  svg?.setAttribute('role', 'img');
  svg?.setAttribute('aria-label', `${yLabel} by ${xLabel} of ${who}`);
  return figure;
}

function pointsOf({ name, x, y }: Line) {
  const stride = Math.max(1, Math.ceil(x.length / POINTS));
  return x.flatMap((at, i) => {
    const value = y[i];
    const isDrawn = i % stride === 0 || i === x.length - 1;
    return value === null || !isDrawn ? [] : [{ name, x: at, y: value }];
  });
}
