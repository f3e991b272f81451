import * as Plot from '@observablehq/plot';
import { useEffect, useRef, useState } from 'preact/hooks';

interface PlotBoxProps {
  /** Says in words what is drawn. */
  readonly label: string;
  readonly height: number;
  /** All but size and label. */
  readonly options: Plot.PlotOptions;
}

/** Narrower plots scroll. */
const MIN_WIDTH = 260;

/** A plot as wide as its place, redrawn when that changes. */
export function PlotBox({ label, height, options }: PlotBoxProps) {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const observer = new ResizeObserver(([{ contentRect }]) =>
      setWidth(Math.max(MIN_WIDTH, Math.floor(contentRect.width))),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (width === 0) return;
    const plot = Plot.plot({ ...options, width, height, ariaLabel: label });
    plot.setAttribute('role', 'img');
    // Plot labels its marks, which as parts of an image have no name of their own.
    for (const mark of plot.querySelectorAll('g[aria-label]')) {
      mark.setAttribute('data-mark', mark.getAttribute('aria-label') ?? '');
      mark.removeAttribute('aria-label');
    }
    place.current?.replaceChildren(plot);
  }, [width, height, label, options]);
  return <div class="plot" ref={place} style={{ minHeight: `${height}px` }} />;
}
