import { appendFileSync, closeSync, openSync, statSync } from 'node:fs';
import type { Progress } from '../pipeline/contract.ts';
import { AppendedText } from './appended-text.ts';

/** Milliseconds between two reports of progress. */
const PROGRESS_INTERVAL = 100;

/** Milliseconds between two looks at what programs print. */
const LOOK_INTERVAL = 200;

/** What a stage prints while it runs. */
export interface StageOutput {
  /** A file descriptor for the streams of a program; its lines are received as those of the stage are. */
  lend(): { readonly log: number; giveBack(): void };
  /** Gives the streams of this process back. */
  release(): void;
}

/**
 * Appends what the stage prints to its log, at once: it is there even if the next step kills the process. Programs
 * write there themselves, which costs this process nothing.
 *
 * @param onLine receives each line
 */
export function captureOutput(log: string, onLine: (line: string) => void): StageOutput {
  const streams = [process.stdout, process.stderr];
  const originals = streams.map((stream) => stream.write);
  const appended = new AppendedText(log, sizeOf(log));
  let unfinished = '';
  let programs = 0;
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    for (const text of appended.read()) {
      const lines = (unfinished + text).split('\n');
      unfinished = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    }
  };
  for (const stream of streams) {
    stream.write = (chunk: string | Uint8Array, ...more: readonly unknown[]) => {
      appendFileSync(log, chunk);
      look();
      const callback = more.find((value) => typeof value === 'function');
      if (callback !== undefined) process.nextTick(callback as () => void);
      return true;
    };
  }
  return {
    lend() {
      const file = openSync(log, 'a');
      programs += 1;
      timer ??= setInterval(look, LOOK_INTERVAL).unref();
      return {
        log: file,
        giveBack() {
          closeSync(file);
          programs -= 1;
          look();
          if (programs > 0) return;
          clearInterval(timer);
          timer = undefined;
        },
      };
    },
    release() {
      clearInterval(timer);
      for (const [i, stream] of streams.entries()) stream.write = originals[i];
    },
  };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
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
