import * as Plot from '@observablehq/plot';
import { useMemo, useState } from 'preact/hooks';
import type { StoryData, StoryRun } from '../../story-data.ts';
import { Choice, Switches } from './controls.tsx';
import { digits, meanOf } from './measures.ts';
import { NumbersTable } from './numbers-table.tsx';
import { PlotBox } from './plot-box.tsx';
import { colourVariables, gameSwatches, type Swatch, seriesColour } from './series.ts';

type Spread = 'falseMass' | 'entropy';
const SPREADS: Readonly<Record<Spread, string>> = {
  falseMass: 'mass on false keys',
  entropy: 'entropy',
};
const AXES: Readonly<Record<Spread, string>> = {
  falseMass: '↑ mean share of the prediction on false keys',
  entropy: '↑ mean entropy of the prediction, nats',
};

/** How far predictions spread as the dimension falls, one line per game. */
export function ByDimension({ data }: { readonly data: StoryData }) {
  const [spread, setSpread] = useState<Spread>('falseMass');
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const games = useMemo(() => gameSwatches(data), [data]);
  const options = useMemo(
    () => plotOptions(data, games, hidden, spread),
    [data, games, hidden, spread],
  );
  const label = `mean ${SPREADS[spread]} of each game by model`;
  return (
    <div class="figure" style={colourVariables(games)}>
      <div class="controls">
        <Choice
          name="by-dimension-measure"
          legend="measure"
          choices={SPREADS}
          chosen={spread}
          onChoose={setSpread}
        />
      </div>
      <Switches legend="games" series={games} hidden={hidden} onChange={setHidden} />
      <PlotBox label={label} height={360} options={options} />
      <NumbersTable
        caption={`${label}, averaged over seeds`}
        corner="model"
        columns={data.games}
        rows={data.models.map(({ name }) => ({
          name,
          values: data.games.map((game) =>
            digits(meanOf(runsOf(data, game, name).map((run) => run[spread]))),
          ),
        }))}
      />
    </div>
  );
}

function runsOf({ runs }: StoryData, game: string, model: string): readonly StoryRun[] {
  return runs.filter((run) => run.game === game && run.model === model);
}

function plotOptions(
  data: StoryData,
  games: readonly Swatch[],
  hidden: ReadonlySet<string>,
  spread: Spread,
): Plot.PlotOptions {
  const shown = data.runs.filter((run) => !hidden.has(run.game) && Number.isFinite(run[spread]));
  const contrastive = data.models.filter(({ dim }) => dim !== null);
  const colourOf = (game: string) => seriesColour(games.findIndex(({ name }) => name === game));
  const lines = games.flatMap(({ name, dash, symbol }, i) => {
    if (hidden.has(name)) return [];
    const stroke = seriesColour(i);
    const meansOf = (models: StoryData['models']) =>
      models.map((model) => ({
        model: model.name,
        value: meanOf(runsOf(data, name, model.name).map((run) => run[spread])),
      }));
    return [
      Plot.line(meansOf(contrastive), {
        x: 'model',
        y: 'value',
        stroke,
        strokeWidth: 2,
        ...(dash && { strokeDasharray: dash }),
      }),
      Plot.dot(
        meansOf(data.models).filter(({ value }) => Number.isFinite(value)),
        { x: 'model', y: 'value', fill: stroke, symbol, r: 4 },
      ),
    ];
  });
  return {
    marginLeft: 48,
    marginRight: 30,
    marginTop: 30,
    marginBottom: 42,
    x: {
      type: 'point',
      domain: data.models.map(({ name }) => name),
      tickFormat: (name: string) => name.replace('d = ', '').replace('non-contrastive', 'non-c.'),
      label: 'dimension d, falling; non-c.: the non-contrastive model →',
      padding: 0.3,
    },
    y: { label: AXES[spread], nice: true, zero: true, grid: true },
    marks: [
      ...lines,
      Plot.dot(shown, {
        x: 'model',
        y: spread,
        fill: ({ game }) => colourOf(game),
        fillOpacity: 0.55,
        r: 2.2,
      }),
      Plot.tip(
        shown,
        Plot.pointer({
          x: 'model',
          y: spread,
          title: ({ model, game, seed, ...run }) =>
            `${model} on ${game}\nseed ${seed}\n${SPREADS[spread]} ${digits(run[spread])}`,
        }),
      ),
    ],
    color: { type: 'identity' },
  };
}
