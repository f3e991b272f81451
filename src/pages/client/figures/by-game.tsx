import * as Plot from '@observablehq/plot';
import { useMemo, useState } from 'preact/hooks';
import type { StoryData } from '../../story-data.ts';
import { Switches } from './controls.tsx';
import { MeasureControls } from './measure-controls.tsx';
import { axisOf, digits, MEASURES, type Measure, meanOf, type Scale } from './measures.ts';
import { NumbersTable } from './numbers-table.tsx';
import { PlotBox } from './plot-box.tsx';
import { colourVariables, modelSwatches, type Swatch, seriesColour } from './series.ts';

/** Share of a game's place on the axis that its models take. */
const SPAN = 0.8;

/** KL or overlap of every model on every game. */
export function ByGame({ data }: { readonly data: StoryData }) {
  const [measure, setMeasure] = useState<Measure>('kl');
  const [scale, setScale] = useState<Scale>('log');
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const models = useMemo(() => modelSwatches(data), [data]);
  const options = useMemo(
    () => plotOptions(data, models, hidden, measure, scale),
    [data, models, hidden, measure, scale],
  );
  const label = `mean ${MEASURES[measure]} of each model by game`;
  return (
    <div class="figure" style={colourVariables(models)}>
      <div class="controls">
        <MeasureControls
          name="by-game"
          measure={measure}
          scale={scale}
          onMeasure={setMeasure}
          onScale={setScale}
        />
      </div>
      <Switches legend="models" series={models} hidden={hidden} onChange={setHidden} />
      <PlotBox label={label} height={420} options={options} />
      <NumbersTable
        caption={`${label}, averaged over seeds`}
        corner="model"
        columns={data.games}
        rows={models.map(({ name }) => ({
          name,
          values: data.games.map((game) => digits(meanOf(valuesOf(data, name, game, measure)))),
        }))}
      />
    </div>
  );
}

function valuesOf({ runs }: StoryData, model: string, game: string, measure: Measure) {
  return runs.filter((run) => run.model === model && run.game === game).map((run) => run[measure]);
}

function plotOptions(
  data: StoryData,
  models: readonly Swatch[],
  hidden: ReadonlySet<string>,
  measure: Measure,
  scale: Scale,
): Plot.PlotOptions {
  const { y, place } = axisOf(measure, scale);
  const shown = data.runs.filter(({ model }) => !hidden.has(model));
  const finite = shown.filter((run) => Number.isFinite(run[measure]));
  // Games have no order on a scale: each is a place of its own, in which the models stand side by side.
  const x = ({ game, model }: { readonly game: string; readonly model: string }) =>
    data.games.indexOf(game) +
    SPAN * ((models.findIndex(({ name }) => name === model) + 0.5) / models.length - 0.5);
  const means = models.flatMap(({ name, symbol }, i) => {
    if (hidden.has(name)) return [];
    const points = data.games.map((game) => ({
      game,
      model: name,
      value: meanOf(valuesOf(data, name, game, measure)),
    }));
    return Plot.dot(
      points.filter(({ value }) => Number.isFinite(value)),
      { x, y: ({ value }) => place(value), fill: seriesColour(i), symbol, r: 4 },
    );
  });
  const colourOf = (model: string) => seriesColour(models.findIndex(({ name }) => name === model));
  return {
    marginLeft: 52,
    marginRight: 20,
    marginTop: 30,
    marginBottom: 42,
    x: {
      type: 'linear',
      domain: [-0.5, data.games.length - 0.5],
      ticks: data.games.map((_, i) => i),
      tickFormat: (i: number) => data.games[i],
      tickSize: 0,
      label: 'game, from easy to hard →',
    },
    y,
    marks: [
      Plot.ruleX(
        data.games.slice(1).map((_, i) => i + 0.5),
        { strokeOpacity: 0.15 },
      ),
      ...means,
      Plot.dot(finite, {
        x,
        y: (run) => place(run[measure]),
        fill: ({ model }) => colourOf(model),
        fillOpacity: 0.55,
        r: 2.2,
      }),
      Plot.tip(
        finite,
        Plot.pointer({
          x,
          y: (run) => place(run[measure]),
          title: ({ model, game, seed, ...run }) =>
            `${model} on ${game}\nseed ${seed}\n${MEASURES[measure]} ${digits(run[measure])}`,
        }),
      ),
    ],
    color: { type: 'identity' },
  };
}
