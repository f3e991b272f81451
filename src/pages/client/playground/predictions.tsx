import { useState } from 'preact/hooks';
import { type Deck, plainCards } from '../../../study/deck/deck.ts';
import { keyWords } from '../../cards/attributes.ts';
import type { PlayableModel } from '../../playground-data.ts';
import { type Outcome, outcomeOf } from '../../queries/outcome.ts';
import { Card } from '../card.tsx';

/** The scores of some models for one query. */
export interface Answered {
  /** The query as an address has it. */
  readonly link: string;
  readonly isTrue: Uint8Array;
  readonly models: readonly PlayableModel[];
  /** Of each model. // each [K] */
  readonly scores: readonly Float32Array[];
}

interface PredictionsProps {
  readonly deck: Deck;
  readonly answered: Answered;
}

/** Every model's prediction, a row each; a column per key, the true ones first. */
export function Predictions({
  deck,
  answered: { link, isTrue, models, scores },
}: PredictionsProps) {
  const [pointed, setPointed] = useState('');
  const [hasNumbers, setHasNumbers] = useState(false);
  const plain = plainCards(deck);
  const keys = Array.from(isTrue.keys());
  const trueKeys = keys.filter((key) => isTrue[key] === 1);
  const falseKeys = keys.filter((key) => isTrue[key] === 0);
  const columns = [...trueKeys, ...falseKeys];
  const outcomes = scores.map((some) => outcomeOf(some, isTrue));
  const share = trueKeys.length === 0 ? 0 : 1 / trueKeys.length;
  const most = Math.max(share, ...outcomes.map(({ mass }) => Math.max(...mass)));
  const groups = [
    { name: 'true', count: trueKeys.length },
    { name: 'false', count: falseKeys.length },
  ].filter(({ count }) => count > 0);
  return (
    <div class="predictions" data-query={link}>
      <p class="legend">
        <span>
          <i class="swatch true" /> on a true key
        </span>
        <span>
          <i class="swatch false" /> on a false key
        </span>
        <span>
          <i class="swatch target" /> what every true key should have: {percent(share)}
        </span>
        <span>
          <i class="swatch top" /> among the {trueKeys.length} highest
        </span>
        <label>
          <input type="checkbox" checked={hasNumbers} onChange={() => setHasNumbers(!hasNumbers)} />{' '}
          percentages
        </label>
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table scrolls by keyboard, too */}
      <section class="scroll" tabIndex={0} aria-label="Predictions of all models">
        <table class={hasNumbers ? 'mass with-numbers' : 'mass'} style={{ '--keys': deck.keys }}>
          <thead>
            <tr>
              <th scope="col" rowSpan={2} class="model">
                model
              </th>
              <th
                scope="col"
                rowSpan={2}
                class="number"
                title="Kullback-Leibler divergence, nats: 0 is perfect"
              >
                KL
              </th>
              <th
                scope="col"
                rowSpan={2}
                class="number"
                title="share of the highest-scored keys that are true"
              >
                overlap
              </th>
              {groups.map(({ name, count }) => (
                <th key={name} scope="colgroup" colSpan={count} class={`group ${name}`}>
                  {count} {name}
                </th>
              ))}
            </tr>
            <tr>
              {columns.map((key, at) => (
                <th key={key} scope="col" class={edgeOf(at, trueKeys.length)}>
                  <Card deck={deck} card={plain[key]} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody onMouseLeave={() => setPointed('')}>
            {models.map((model, i) => (
              <ModelRow
                key={model.file}
                model={model}
                outcome={outcomes[i]}
                columns={columns}
                isTrue={isTrue}
                most={most}
                trueCount={trueKeys.length}
                onPoint={(key) =>
                  setPointed(
                    `${model.name}: ${percent(outcomes[i].mass[key])} on ${keyWords(deck, key)}, ` +
                      `a ${isTrue[key] === 1 ? 'true' : 'false'} key`,
                  )
                }
              />
            ))}
          </tbody>
        </table>
      </section>
      <p class="pointed">{pointed || 'Point at a bar to read it.'}</p>
    </div>
  );
}

interface ModelRowProps {
  readonly model: PlayableModel;
  readonly outcome: Outcome;
  readonly columns: readonly number[];
  readonly isTrue: Uint8Array;
  /** What a bar of full height stands for. */
  readonly most: number;
  readonly trueCount: number;
  onPoint(key: number): void;
}

function ModelRow(props: ModelRowProps) {
  const { model, outcome, columns, isTrue, most, trueCount, onPoint } = props;
  const { kl, overlap, mass, isTop } = outcome;
  return (
    <tr data-model={model.file} data-kl={kl} data-overlap={overlap}>
      <th scope="row" class="model">
        {model.name}
      </th>
      <td class="number">{kl === undefined ? '–' : digits(kl)}</td>
      <td class="number">{overlap === undefined ? '–' : percent(overlap)}</td>
      {columns.map((key, at) => (
        <td
          key={key}
          class={`cell ${isTrue[key] === 1 ? 'true' : 'false'} ${edgeOf(at, trueCount)}`}
          style={{
            '--height': mass[key] / most,
            ...(isTrue[key] === 1 ? { '--target': 1 / trueCount / most } : {}),
          }}
          data-mass={mass[key]}
          onMouseEnter={() => onPoint(key)}
        >
          <i class={isTop[key] === 1 ? 'bar top' : 'bar'} />
          <span>{percent(mass[key])}</span>
        </td>
      ))}
    </tr>
  );
}

/** Class of the first column of false keys. */
function edgeOf(at: number, trueCount: number): string {
  return at === trueCount && at > 0 ? 'edge' : '';
}

function percent(share: number): string {
  const value = 100 * share;
  return `${value >= 10 || value === 0 ? value.toFixed(0) : value.toFixed(1)}\u00a0%`;
}

/** KL in nats. */
export function digits(value: number): string {
  return Math.abs(value) < 0.0005 ? '0.000' : value.toFixed(3);
}
