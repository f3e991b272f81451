import * as Plot from '@observablehq/plot';
import type { Figure, Panel } from '../../plots/figure.ts';
import { NEUTRAL } from '../../plots/palette.ts';
import type { ModelExample } from '../metrics/examples-table.ts';
import { modelName } from '../metrics/runs.ts';
import { modelStyles } from './styles.ts';

const SIZE = { width: 285, height: 190 } as const;

/** Each model's prediction for one query: a bar per key, true keys first. */
export function massFigure(examples: readonly ModelExample[], game: string): Figure {
  const styles = modelStyles(examples.flatMap(({ dim }) => dim ?? []));
  const most = Math.max(...examples.flatMap(({ mass }) => [...mass]));
  const decks = new Set(examples.map(({ deck }) => deck));
  const panels = examples.map((example): Panel => {
    const style = styles.get(example.dim) ?? NEUTRAL;
    const name = modelName(example);
    const share = example.mass.reduce((sum, p, key) => sum + (example.isTrue[key] ? 0 : p), 0);
    return {
      heading:
        `${decks.size > 1 ? `${example.deck} cards, ` : ''}${name}: ` +
        `${(100 * share).toFixed(1)} % on false keys`,
      options: plotOptions(example, style.light, most),
    };
  });
  const [first] = examples;
  return {
    title: `One ${game} query with ${first?.trueKeys ?? 'no'} true keys: the predicted mass of every key`,
    subtitle: [
      'filled bars: true keys; hollow bars: false keys; each sorted by mass',
      'dashed line: 1 / number of true keys, the right mass of every true key',
    ],
    panels,
    columns: 4,
    panelSize: SIZE,
    legendTitle: 'model',
    legend: examples.map((example) => ({
      label: modelName(example),
      style: styles.get(example.dim) ?? NEUTRAL,
    })),
  };
}

function plotOptions({ mass, isTrue, trueKeys }: ModelExample, colour: string, most: number) {
  const keys = Array.from(mass, (p, key) => ({ p, isTrue: isTrue[key] === 1 }));
  keys.sort((a, b) => Number(b.isTrue) - Number(a.isTrue) || b.p - a.p);
  const bars = keys.map((key, place) => ({ ...key, place: place + 1 }));
  const share = 1 / trueKeys;
  const options: Plot.PlotOptions = {
    marginLeft: 44,
    marginRight: 12,
    marginTop: 24,
    marginBottom: 34,
    x: { type: 'band', ticks: [], label: `${trueKeys} true keys, then the false ones` },
    y: { domain: [0, Math.max(most, share)], nice: true, ticks: 4, label: '↑ predicted mass' },
    marks: [
      Plot.gridY({ strokeOpacity: 0.2, ticks: 4 }),
      Plot.barY(
        bars.filter((bar) => bar.isTrue),
        { x: 'place', y: 'p', fill: colour },
      ),
      Plot.barY(
        bars.filter((bar) => !bar.isTrue),
        { x: 'place', y: 'p', fill: 'none', stroke: colour, strokeWidth: 1.2 },
      ),
      Plot.ruleY([share], { stroke: 'currentColor', strokeDasharray: '5 3', strokeOpacity: 0.8 }),
      Plot.ruleY([0], { stroke: 'currentColor', strokeOpacity: 0.5 }),
    ],
  };
  return options;
}
