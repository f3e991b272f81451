import * as Plot from '@observablehq/plot';
import type { Figure, Panel } from '../../plots/figure.ts';
import { NEUTRAL, type Style } from '../../plots/palette.ts';
import type { ModelExample } from '../metrics/examples-table.ts';
import { modelName } from '../metrics/runs.ts';
import { modelStyles } from './styles.ts';

const SIZE = { width: 285, height: 190 } as const;

const KEY: Style = { ...NEUTRAL, symbol: 'square' };
const RIGHT: Style = { ...NEUTRAL, dash: '5 3' };

/** Each model's prediction for one query: a bar per key, true keys first. */
export function massFigure(examples: readonly ModelExample[], game: string): Figure {
  const styles = modelStyles(examples.flatMap(({ dim }) => dim ?? []));
  const most = Math.max(...examples.flatMap(({ mass, trueKeys }) => [...mass, 1 / trueKeys]));
  const ticks = ticksTo(most);
  const decks = new Set(examples.map(({ deck }) => deck));
  const panels = examples.map((example): Panel => {
    const style = styles.get(example.dim) ?? NEUTRAL;
    const name = modelName(example);
    const share = example.mass.reduce((sum, p, key) => sum + (example.isTrue[key] ? 0 : p), 0);
    return {
      heading:
        `${decks.size > 1 ? `${example.deck} cards, ` : ''}${name}: ` +
        `${(100 * share).toFixed(1)} % on false keys`,
      options: plotOptions(example, style.light, ticks),
    };
  });
  const [first] = examples;
  return {
    title: `One ${game} query with ${first?.trueKeys ?? 'no'} true keys: the predicted mass of every key`,
    subtitle: ['a bar per key: the true ones, then the false ones, each sorted by mass'],
    panels,
    columns: 4,
    panelSize: SIZE,
    legendTitle: 'bars and line',
    legend: [
      { label: 'true key', style: KEY, mark: 'symbol' },
      { label: 'false key', style: KEY, mark: 'hollow symbol' },
      { label: `right: 1 / ${first?.trueKeys ?? 'n'}`, style: RIGHT, mark: 'line' },
    ],
  };
}

function plotOptions(
  { mass, isTrue, trueKeys }: ModelExample,
  colour: string,
  ticks: readonly number[],
) {
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
    y: { domain: [0, ticks[ticks.length - 1]], ticks: [...ticks], label: '↑ predicted mass' },
    marks: [
      Plot.gridY([...ticks], { strokeOpacity: 0.2 }),
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

/** Round numbers from 0 to the first that is no less than `most`, at most six of them. */
function ticksTo(most: number): readonly number[] {
  const decade = 10 ** Math.floor(Math.log10(most));
  const step = [0.2, 0.5, 1, 2].map((digit) => digit * decade).find((s) => s * 5 >= most) ?? most;
  const count = Math.ceil(most / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(3)));
}
