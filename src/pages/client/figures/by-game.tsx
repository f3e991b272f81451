import * as Plot from '@observablehq/plot';
import { useMemo, useState } from 'preact/hooks';
import type { StoryData } from '../../story-data.ts';
import { Switches } from './controls.tsx';
import { MeasureControls } from './measure-controls.tsx';
import { axisOf, digits, MEASURES, type Measure, meanOf, type Scale } from './measures.ts';
import { NumbersTable } from './numbers-table.tsx';
import { PlotBox } from './plot-box.tsx';
import { colourVariables, modelSwatches, type Swatch, seriesColour } from './series.ts';

/** KL or overlap against game, one line per model. */
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
  const lines = models.flatMap(({ name, dash, symbol }, i) => {
    if (hidden.has(name)) return [];
    const stroke = seriesColour(i);
    const means = data.games.map((game) => ({
      game,
      value: meanOf(valuesOf(data, name, game, measure)),
    }));
    return [
      Plot.line(means, {
        x: 'game',
        y: ({ value }) => place(value),
        stroke,
        strokeWidth: 2,
        ...(dash && { strokeDasharray: dash }),
      }),
      Plot.dot(
        means.filter(({ value }) => Number.isFinite(value)),
        { x: 'game', y: ({ value }) => place(value), fill: stroke, symbol, r: 4 },
      ),
    ];
  });
  const colourOf = (model: string) => seriesColour(models.findIndex(({ name }) => name === model));
  return {
    marginLeft: 52,
    marginRight: 20,
    marginTop: 30,
    marginBottom: 42,
    x: {
      type: 'point',
      domain: [...data.games],
      label: 'game, from easy to hard →',
      padding: 0.3,
    },
    y,
    marks: [
      ...lines,
      Plot.dot(finite, {
        x: 'game',
        y: (run) => place(run[measure]),
        fill: ({ model }) => colourOf(model),
        fillOpacity: 0.55,
        r: 2.2,
      }),
      Plot.tip(
        finite,
        Plot.pointer({
          x: 'game',
          y: (run) => place(run[measure]),
          title: ({ model, game, seed, ...run }) =>
            `${model} on ${game}\nseed ${seed}\n${MEASURES[measure]} ${digits(run[measure])}`,
        }),
      ),
    ],
    color: { type: 'identity' },
  };
}
