import * as Plot from '@observablehq/plot';
import { useId, useMemo, useState } from 'preact/hooks';
import { deckOf, plainCards } from '../../../study/deck/deck.ts';
import { keyWords } from '../../cards/attributes.ts';
import type { StoryData, StoryExample } from '../../story-data.ts';
import { Card } from '../card.tsx';
import { digits } from './measures.ts';
import { PlotBox } from './plot-box.tsx';

const MARGIN = { marginLeft: 44, marginRight: 4 } as const;

/** One query's predicted mass of every key, by model: a slider falls through the dimensions. */
export function Mass({ data }: { readonly data: StoryData }) {
  const id = useId();
  const first = data.examples.findIndex(({ game }) => game === 'union');
  const [chosen, setChosen] = useState(Math.max(0, first));
  const [place, setPlace] = useState(0);
  const example = data.examples[chosen];
  const names = data.models.map(({ name }) => name).filter((name) => name in example.mass);
  const model = names[Math.min(place, names.length - 1)];
  const deck = useMemo(() => deckOf(data.cards), [data]);
  const plain = plainCards(deck);
  const keys = orderOf(example, data.cards);
  const mass = example.mass[model];
  const options = useMemo(() => plotOptions(data, example, model), [data, example, model]);
  const onFalse = keys
    .filter((key) => !example.trueKeys.includes(key))
    .reduce((sum, key) => sum + mass[key], 0);
  return (
    <div class="figure">
      <div class="controls">
        <label>
          query{' '}
          <select value={chosen} onChange={(event) => setChosen(Number(event.currentTarget.value))}>
            {data.examples.map(({ game, trueKeys }, i) => (
              <option key={`${game} ${trueKeys.join()}`} value={i}>
                {game}, {trueKeys.length} true
              </option>
            ))}
          </select>
        </label>
        {data.hasPlayground && <a href={`playground.html${example.link}`}>play this query</a>}
      </div>
      <div class="slider">
        <label for={id}>model</label>
        <input
          id={id}
          type="range"
          min={0}
          max={names.length - 1}
          step={1}
          value={place}
          aria-valuetext={model}
          onInput={(event) => setPlace(Number(event.currentTarget.value))}
        />
        <output for={id}>
          <strong>{model}</strong>: {digits(100 * onFalse)} % on false keys
        </output>
      </div>
      <PlotBox
        label={`predicted mass of each key, ${model}: ${digits(100 * onFalse)} % on false keys`}
        height={260}
        options={options}
      />
      <ul
        class="key-cards"
        style={{ paddingLeft: `${MARGIN.marginLeft}px`, paddingRight: `${MARGIN.marginRight}px` }}
      >
        {keys.map((key) => (
          <li key={key} title={keyWords(deck, key)}>
            <Card deck={deck} card={plain[key]} isDecoration />
            <span class="unseen">
              {keyWords(deck, key)}, {example.trueKeys.includes(key) ? 'true' : 'false'}:{' '}
              {digits(100 * mass[key])} %
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** True keys first. */
function orderOf({ trueKeys }: StoryExample, cards: number): readonly number[] {
  const others = Array.from({ length: cards }, (_, key) => key);
  return [...trueKeys, ...others.filter((key) => !trueKeys.includes(key))];
}

function plotOptions(data: StoryData, example: StoryExample, model: string): Plot.PlotOptions {
  const deck = deckOf(data.cards);
  const keys = orderOf(example, data.cards);
  const share = 1 / example.trueKeys.length;
  const most = Math.max(share, ...Object.values(example.mass).flat());
  const bars = keys.map((key) => ({
    key,
    mass: example.mass[model][key],
    isTrue: example.trueKeys.includes(key),
  }));
  return {
    ...MARGIN,
    marginTop: 30,
    marginBottom: 6,
    x: { type: 'band', domain: [...keys], axis: null, paddingInner: 0.16, paddingOuter: 0.08 },
    y: { domain: [0, most], label: '↑ predicted mass', grid: true, ticks: 5 },
    marks: [
      Plot.barY(
        bars.filter(({ isTrue }) => isTrue),
        { x: 'key', y: 'mass', fill: 'var(--true)' },
      ),
      Plot.barY(
        bars.filter(({ isTrue }) => !isTrue),
        {
          x: 'key',
          y: 'mass',
          fill: 'var(--false)',
          fillOpacity: 0.35,
          stroke: 'var(--false)',
          strokeWidth: 1.4,
        },
      ),
      Plot.ruleY([share], { strokeDasharray: '5 3', stroke: 'currentColor' }),
      Plot.ruleY([0], { strokeOpacity: 0.5 }),
      Plot.tip(
        bars,
        Plot.pointerX({
          x: 'key',
          y: 'mass',
          title: ({ key, mass, isTrue }) =>
            `${keyWords(deck, key)}\n${isTrue ? 'true' : 'false'} key\n${model}: ${digits(100 * mass)} %`,
        }),
      ),
    ],
  };
}
