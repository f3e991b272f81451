import { useMemo, useState } from 'preact/hooks';
import type { StageCurves } from '../../pages/instances.ts';
import { CurveChart, type Line } from '../curve-chart.tsx';
import { useHash, useLoaded } from '../state.ts';
import { Pending } from './pending.tsx';

interface StageEntry {
  readonly name: string;
  readonly instances: number;
}

/** Learning curves; the address names the stage. */
export function CurvesView() {
  const stages = useLoaded<readonly StageEntry[]>('stages');
  const [hash, setHash] = useHash();
  if (stages.state !== 'loaded') return <Pending of={stages} />;
  const shown = stages.value.find(({ name }) => name === hash) ?? stages.value[0];
  return (
    <>
      <p>
        <label>
          Stage{' '}
          <select value={shown.name} onChange={(event) => setHash(event.currentTarget.value)}>
            {stages.value.map(({ name, instances }) => (
              <option key={name} value={name}>
                {name} ({instances})
              </option>
            ))}
          </select>
        </label>
      </p>
      <OneStage key={shown.name} stage={shown.name} />
    </>
  );
}

function OneStage({ stage }: { readonly stage: string }) {
  const curves = useLoaded<StageCurves>(`curves/${stage}`);
  const [query, setQuery] = useState('');
  if (curves.state !== 'loaded') return <Pending of={curves} />;
  const words = query.toLowerCase().split(/\s+/);
  const shown = Object.fromEntries(
    Object.entries(curves.value).filter(([id]) =>
      words.every((word) => id.toLowerCase().includes(word)),
    ),
  );
  return (
    <>
      <div class="tools">
        <input
          type="search"
          aria-label="Search instances"
          placeholder="Search, e.g. seed=1"
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
        <span role="status" class="muted">
          {Object.keys(shown).length} of {Object.keys(curves.value).length} instances
        </span>
      </div>
      <Charts curves={shown} />
    </>
  );
}

/** A chart for one of the values of some instances, as chosen. */
export function Charts({ curves }: { readonly curves: StageCurves }) {
  const names = useMemo(
    () => [...new Set(Object.values(curves).flatMap(({ values }) => Object.keys(values)))],
    [curves],
  );
  const [chosen, setChosen] = useState('');
  const [isLog, setLog] = useState(false);
  const name = names.includes(chosen) ? chosen : names[0];
  const lines = useMemo(
    () =>
      Object.entries(curves).flatMap(([id, { steps, values }]): readonly Line[] =>
        values[name] === undefined ? [] : [{ name: id, x: steps, y: values[name] }],
      ),
    [curves, name],
  );
  if (name === undefined) return <p class="muted">No instance matches.</p>;
  const unit = Object.values(curves)[0]?.unit ?? 'step';
  return (
    <>
      <div class="tools">
        {names.length > 1 && (
          <label>
            Value{' '}
            <select value={name} onChange={(event) => setChosen(event.currentTarget.value)}>
              {names.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </label>
        )}
        <label>
          <input
            type="checkbox"
            checked={isLog}
            onChange={(event) => setLog(event.currentTarget.checked)}
          />{' '}
          logarithmic
        </label>
      </div>
      <CurveChart lines={lines} xLabel={unit} yLabel={name} isLog={isLog} />
    </>
  );
}
