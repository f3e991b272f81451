import type { JournalEntry } from '../runs/journal.ts';

/** What the live page is told, one after the other. */
export type LiveMessage =
  /** Another run: what was known of the one before is over. */
  | { readonly type: 'run'; readonly run: string }
  | { readonly type: 'entries'; readonly entries: readonly JournalEntry[] }
  /** Whether the run's process lives. */
  | { readonly type: 'alive'; readonly isAlive: boolean };
