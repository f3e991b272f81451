import { appendFileSync } from 'node:fs';
import type { Progress } from '../pipeline/contract.ts';

/** Milliseconds between two reports of progress. */
const PROGRESS_INTERVAL = 100;

/**
 * Appends what the stage prints to its log, at once: it is there even if the next step kills the process.
 *
 * @param onLine receives each line
 * @returns a function that gives the streams back
 */
export function captureOutput(log: string, onLine: (line: string) => void): () => void {
  const streams = [process.stdout, process.stderr];
  const originals = streams.map((stream) => stream.write);
  let unfinished = '';
  for (const stream of streams) {
    stream.write = (chunk: string | Uint8Array, ...more: readonly unknown[]) => {
      const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
      appendFileSync(log, text);
      const lines = (unfinished + text).split('\n');
      unfinished = lines.pop() ?? '';
      for (const line of lines) onLine(line);
      const callback = more.find((value) => typeof value === 'function');
      if (callback !== undefined) process.nextTick(callback as () => void);
      return true;
    };
  }
  return () => {
    for (const [i, stream] of streams.entries()) stream.write = originals[i];
  };
}

/** Sends progress no more often than someone could read it; `flush` sends the last that was held back. */
export function throttleProgress(send: (progress: Progress) => void) {
  let last = 0;
  let waiting: Progress | undefined;
  return {
    offer(progress: Progress): void {
      const now = performance.now();
      if (now - last < PROGRESS_INTERVAL) {
        waiting = progress;
        return;
      }
      last = now;
      waiting = undefined;
      send(progress);
    },
    flush(): void {
      if (waiting !== undefined) send(waiting);
    },
  };
}
