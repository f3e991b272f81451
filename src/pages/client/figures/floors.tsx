import * as Plot from '@observablehq/plot';
import { useMemo, useState } from 'preact/hooks';
import type { StoryData } from '../../story-data.ts';
import { MeasureControls } from './measure-controls.tsx';
import { axisOf, digits, MEASURES, type Measure, meanOf, type Scale } from './measures.ts';
import { NumbersTable } from './numbers-table.tsx';
import { PlotBox } from './plot-box.tsx';
import { colourVariables, modelSwatches, type Swatch, seriesColour } from './series.ts';

/** Trained models against what free vectors of their dimension reach, a plot per game. */
export function Floors({ data }: { readonly data: StoryData }) {
  const [measure, setMeasure] = useState<Measure>('kl');
  const [scale, setScale] = useState<Scale>('log');
  const models = useMemo(() => modelSwatches(data), [data]);
  const contrastive = data.models.filter(({ dim }) => dim !== null).map(({ name }) => name);
  return (
    <div class="figure" style={colourVariables(models)}>
      <div class="controls">
        <MeasureControls
          name="floor"
          measure={measure}
          scale={scale}
          onMeasure={setMeasure}
          onScale={setScale}
        />
        <p class="line-key">
          <svg class="key" viewBox="0 0 26 10" aria-hidden="true">
            <path d="M0 5H26" stroke="currentColor" stroke-width="2" stroke-dasharray="1.5 3" />
          </svg>
          best found, fitted answers{' '}
          <svg class="key" viewBox="0 0 26 10" aria-hidden="true">
            <path d="M0 5H26" stroke="currentColor" stroke-width="2" stroke-dasharray="6 3" />
          </svg>
          other answers <span aria-hidden="true">▲</span> exactly 0
        </p>
      </div>
      <div class="panels">
        {data.games.map((game) => (
          <Panel
            key={game}
            data={data}
            models={models}
            game={game}
            measure={measure}
            scale={scale}
          />
        ))}
      </div>
      <NumbersTable
        caption={`mean ${MEASURES[measure]} of trained models and the best found for free vectors`}
        corner="game"
        columns={contrastive}
        rows={data.games.flatMap((game) => {
          const floorOf = (model: string) =>
            data.floors.find((floor) => floor.game === game && floor.model === model);
          return [
            {
              name: `${game}, trained`,
              values: contrastive.map((model) =>
                digits(meanOf(trained(data, game, measure, model).map(({ value }) => value))),
              ),
            },
            {
              name: `${game}, best found`,
              values: contrastive.map((model) => digits(floorOf(model)?.[measure] ?? Number.NaN)),
            },
          ];
        })}
      />
    </div>
  );
}

function trained({ runs }: StoryData, game: string, measure: Measure, model?: string) {
  return runs
    .filter((run) => run.game === game && (model === undefined || run.model === model))
    .map((run) => ({ model: run.model, seed: run.seed, value: run[measure] }))
    .filter(({ value }) => Number.isFinite(value));
}

interface PanelProps {
  readonly data: StoryData;
  readonly models: readonly Swatch[];
  readonly game: string;
  readonly measure: Measure;
  readonly scale: Scale;
}

function Panel({ data, models, game, measure, scale }: PanelProps) {
  const options = useMemo(
    () => plotOptions({ data, models, game, measure, scale }),
    [data, models, game, measure, scale],
  );
  return (
    <div>
      <h4>{game}</h4>
      <PlotBox
        label={`${game}: mean ${MEASURES[measure]} of trained models and the floor, by dimension`}
        height={230}
        options={options}
      />
    </div>
  );
}

function plotOptions({ data, models, game, measure, scale }: PanelProps): Plot.PlotOptions {
  const { y, place } = axisOf(measure, scale);
  const names = data.models.filter(({ dim }) => dim !== null).map(({ name }) => name);
  const floors = data.floors.filter((floor) => floor.game === game);
  const ordered = names.flatMap((name) => floors.find(({ model }) => model === name) ?? []);
  const runs = trained(data, game, measure).filter(({ model }) => names.includes(model));
  const means = names.map((model) => ({
    model,
    value: meanOf(runs.filter((run) => run.model === model).map(({ value }) => value)),
  }));
  const fitted = measure === 'kl' ? 'klFitted' : 'overlapFitted';
  // A line ends where the floor is zero: a slope down to it would be made up.
  const found = (name: 'kl' | 'klFitted' | 'overlap' | 'overlapFitted') =>
    ordered.map((row) => ({
      model: row.model,
      value: measure === 'kl' && row[name] === 0 ? Number.NaN : row[name],
    }));
  const zeros = measure === 'kl' ? ordered.filter(({ kl }) => kl === 0) : [];
  const ink = { stroke: 'currentColor', strokeWidth: 1.6, x: 'model' } as const;
  return {
    marginLeft: 50,
    marginRight: 14,
    marginTop: 30,
    marginBottom: 36,
    x: {
      type: 'point',
      domain: names,
      tickFormat: (name: string) => name.replace('d = ', ''),
      label: 'd →',
      padding: 0.4,
    },
    y,
    marks: [
      Plot.line(found(fitted), {
        ...ink,
        y: ({ value }) => place(value),
        strokeDasharray: '1.5 3',
      }),
      Plot.line(found(measure), { ...ink, y: ({ value }) => place(value), strokeDasharray: '6 3' }),
      Plot.dot(zeros, {
        x: 'model',
        y: ({ kl }) => place(kl),
        fill: 'currentColor',
        symbol: 'triangle',
        r: 4,
      }),
      Plot.line(means, {
        x: 'model',
        y: ({ value }) => place(value),
        stroke: 'currentColor',
        strokeOpacity: 0.35,
      }),
      ...models.flatMap(({ name, symbol }, i) => [
        Plot.dot(
          means.filter(({ model, value }) => model === name && Number.isFinite(value)),
          { x: 'model', y: ({ value }) => place(value), fill: seriesColour(i), symbol, r: 4.5 },
        ),
        Plot.dot(
          runs.filter(({ model }) => model === name),
          {
            x: 'model',
            y: ({ value }) => place(value),
            fill: seriesColour(i),
            fillOpacity: 0.55,
            r: 2,
          },
        ),
      ]),
      Plot.tip(
        runs,
        Plot.pointer({
          x: 'model',
          y: ({ value }) => place(value),
          title: ({ model, seed, value }) => {
            const floor = floors.find((row) => row.model === model);
            const best = floor === undefined ? '' : `\nbest found ${digits(floor[measure])}`;
            return `${model} on ${game}\nseed ${seed}\n${MEASURES[measure]} ${digits(value)}${best}`;
          },
        }),
      ),
    ],
  };
}
