import type { LoadedState } from '../state.ts';

/** What stands in the place of data that are not there, yet or at all. */
export function Pending({ of }: { readonly of: LoadedState<unknown> }) {
  if (of.state === 'failed') {
    return (
      <p role="alert" class="bad">
        {of.message}
      </p>
    );
  }
  return <p class="muted">Loading…</p>;
}
