import { useState } from 'preact/hooks';
import { useHash } from '../../report/client/state.ts';
import { Charts } from '../../report/client/views/curves.tsx';
import { cancel } from './connection.ts';
import { curvesOf } from './curves.ts';
import { InstanceTable } from './instance-table.tsx';
import { InstanceView } from './instance-view.tsx';
import { describe, type InstanceState, type RunState, secondsLeft } from './run-state.ts';
import { StageGraph } from './stage-graph.tsx';
import { formatDuration } from './words.ts';

/** Curves that are drawn together at most. */
const CURVES = 10;

interface LiveViewProps {
  readonly state: RunState;
  readonly isConnected: boolean;
}

/** The run that is going on, or the last one. */
export function LiveView({ state, isConnected }: LiveViewProps) {
  const [hash] = useHash();
  const { run, profile, jobs, warnings } = state;
  const instance = state.instances.get(hash);
  return (
    <>
      <Head key={run} state={state} />
      {!isConnected && (
        <p role="alert" class="bad">
          pipe ui does not answer: start it again and open the address that it prints.
        </p>
      )}
      {run === undefined ? (
        <p class="muted">
          Start one with <code>npx pipe run</code>; it appears here.
        </p>
      ) : (
        <p class="muted">
          run {run}, profile {profile}, {jobs} {jobs === 1 ? 'job' : 'jobs'} at a time
        </p>
      )}
      {warnings.length > 0 && (
        <details>
          <summary class="warn">
            {warnings.length} {warnings.length === 1 ? 'warning' : 'warnings'}
          </summary>
          <ul>
            {warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </details>
      )}
      {instance !== undefined ? (
        <InstanceView key={`${run} ${instance.id}`} instance={instance} />
      ) : (
        <>
          <Stages state={state} />
          <Curves state={state} />
          {state.instances.size > 0 && (
            <>
              <h3>Instances</h3>
              <InstanceTable state={state} />
            </>
          )}
        </>
      )}
    </>
  );
}

function Head({ state }: { readonly state: RunState }) {
  const [answer, setAnswer] = useState('');
  const { run, finished, isAlive, started } = state;
  const isRunning = isAlive && run !== undefined && finished === undefined;
  const left = isRunning ? secondsLeft(state, Date.now()) : undefined;
  const elapsed =
    finished?.seconds ??
    (isRunning && started !== undefined ? (Date.now() - started) / 1000 : undefined);
  const word = describe(state);
  const tone = { Done: 'good', Failed: 'bad', Interrupted: 'bad', Stopped: 'warn' }[word] ?? '';
  return (
    <div class="live-head">
      <div role="status">
        <h2 class={tone}>{word}</h2>
      </div>
      {elapsed !== undefined && <span>{formatDuration(elapsed)}</span>}
      {left !== undefined && <span class="muted">about {formatDuration(left)} left</span>}
      {answer !== '' && isRunning && <span class="muted">{answer}</span>}
      {isRunning && (
        <button
          type="button"
          onClick={async () => setAnswer(await cancel(run))}
          disabled={answer === 'stopping'}
        >
          Cancel the run
        </button>
      )}
    </div>
  );
}

function Stages({ state }: { readonly state: RunState }) {
  const stages = [...state.stages.values()];
  if (stages.length === 0) return null;
  return (
    <>
      <StageGraph state={state} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls what has the focus */}
      <section class="scroll" tabIndex={0} aria-label="Stages">
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">stage</th>
              <th scope="col">done</th>
              <th scope="col" class="number">
                of
              </th>
              <th scope="col" class="number">
                running
              </th>
              <th scope="col" class="number">
                failed
              </th>
            </tr>
          </thead>
          <tbody>
            {stages.map(({ stage, total, over, running, failed }) => (
              <tr key={stage}>
                <td>{stage}</td>
                <td>
                  <progress value={over} max={total} aria-label={`${stage} done`} /> {over}
                </td>
                <td class="number">{total}</td>
                <td class="number">{running || ''}</td>
                <td class={failed > 0 ? 'number bad' : 'number'}>{failed || ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

/** Of what runs, or else of what ran last. */
function Curves({ state }: { readonly state: RunState }) {
  const withValues = [...state.instances.values()].filter(({ steps }) => steps.length > 1);
  const running = withValues.filter((instance) => instance.state === 'running');
  const shown = (running.length > 0 ? running : withValues).filter(hasValues).slice(-CURVES);
  if (shown.length === 0) return null;
  return (
    <>
      <h3>Curves</h3>
      <Charts curves={curvesOf(shown)} />
    </>
  );
}

function hasValues({ values }: InstanceState): boolean {
  return Object.keys(values).length > 0;
}
