import type { LiveMessage } from '../messages.ts';
import { advance, noRun, type RunState } from './run-state.ts';

/** Milliseconds between two redraws: a large run sends more than one can see. */
const REDRAW = 250;

const token = new URLSearchParams(location.search).get('token') ?? '';

function addressOf(path: string, query: Readonly<Record<string, string>> = {}): string {
  return `${path}?${new URLSearchParams({ token, ...query })}`;
}

/** Follows the runs. @param onChange told the state now and then, and whether the server answers */
export function follow(onChange: (state: RunState, isConnected: boolean) => void): void {
  let state = noRun();
  let isConnected = false;
  let isDue = false;
  const redraw = () => {
    if (isDue) return;
    isDue = true;
    setTimeout(() => {
      isDue = false;
      onChange({ ...state }, isConnected);
    }, REDRAW);
  };
  // It connects again by itself, and says what it has received.
  const events = new EventSource(addressOf('/events'));
  events.onopen = () => {
    isConnected = true;
    redraw();
  };
  events.onerror = () => {
    isConnected = false;
    redraw();
  };
  events.onmessage = ({ data }: MessageEvent<string>) => {
    state = advance(state, JSON.parse(data) as LiveMessage);
    redraw();
  };
}

/** A text of the server; `undefined` if it has none. */
export async function ask(
  path: string,
  query: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const response = await fetch(addressOf(path, query));
  return response.ok ? await response.text() : undefined;
}

/** Asks the run to stop. @returns what the server says */
export async function cancel(run: string): Promise<string> {
  const response = await fetch(addressOf('/cancel', { run }), { method: 'POST' });
  return await response.text();
}
