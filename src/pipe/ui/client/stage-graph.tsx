import { useEffect, useRef, useState } from 'preact/hooks';
import { ask } from './connection.ts';
import type { RunState, StageState } from './run-state.ts';

/** The stages, drawn, each in the colour of its state; the table of stages says the same. */
export function StageGraph({ state }: { readonly state: RunState }) {
  const { profile, stages } = state;
  const [svg, setSvg] = useState<string>();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let isWanted = true;
    if (profile === undefined) return undefined;
    ask('/graph', { profile }).then(
      (text) => isWanted && setSvg(text),
      () => {},
    );
    return () => {
      isWanted = false;
    };
  }, [profile]);
  useEffect(() => {
    for (const node of place.current?.querySelectorAll('g.node') ?? []) {
      const stage = stages.get(node.querySelector('title')?.textContent ?? '');
      node.setAttribute('class', `node ${stage === undefined ? '' : stateOf(stage)}`);
    }
  });
  if (svg === undefined) return null;
  return (
    // The server escapes all texts of the drawing.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls what has the focus
    <section class="graph" tabIndex={0} aria-label="Stages, drawn">
      <div ref={place} dangerouslySetInnerHTML={{ __html: svg }} />
    </section>
  );
}

function stateOf({ failed, running, over, total }: StageState): string {
  if (failed > 0) return 'failed';
  if (running > 0) return 'running';
  return over === total ? 'current' : 'outdated';
}
