import { useEffect, useState } from 'preact/hooks';
import { Charts } from '../../report/client/views/curves.tsx';
import { ask } from './connection.ts';
import { curvesOf } from './curves.ts';
import type { InstanceState } from './run-state.ts';

/** Milliseconds between two looks at a log that grows. */
const INTERVAL = 1000;

/** One instance: its progress, curves, and the end of its log. */
export function InstanceView({ instance }: { readonly instance: InstanceState }) {
  const { id, state, done, total, unit, seconds, message, values } = instance;
  const log = useLog(id, state === 'running');
  return (
    <article aria-labelledby="instance">
      <p>
        <a href="#all">All instances</a>
      </p>
      <h3 id="instance">{id}</h3>
      <p>
        {state}
        {seconds !== undefined && `, ${Number(seconds.toPrecision(3))} s`}{' '}
        {done !== undefined && total !== undefined && (
          <>
            <progress value={done} max={total} aria-label="progress" /> {unit} {done}/{total}
          </>
        )}
      </p>
      {message !== undefined && <p class="bad">{message}</p>}
      {Object.keys(values).length > 0 && <Charts curves={curvesOf([instance])} />}
      <h3>Log</h3>
      {log === undefined || log === '' ? (
        <p class="muted">It has printed nothing.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls what has the focus
        <pre tabIndex={0}>{log}</pre>
      )}
    </article>
  );
}

function useLog(id: string, isGrowing: boolean): string | undefined {
  const [log, setLog] = useState<string>();
  useEffect(() => {
    let isWanted = true;
    const look = () =>
      ask('/log', { instance: id }).then(
        (text) => isWanted && setLog(text),
        () => {},
      );
    look();
    const timer = isGrowing ? setInterval(look, INTERVAL) : undefined;
    return () => {
      isWanted = false;
      clearInterval(timer);
    };
  }, [id, isGrowing]);
  return log;
}
