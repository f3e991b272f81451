import type { RunEvent } from '../../events/events.ts';

/** Shows a run's events to the user. */
export interface Reporter {
  emit(event: RunEvent): void;
  /** Removes the live display. */
  close(): Promise<void>;
}
