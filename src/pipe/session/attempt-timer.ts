import type { CheckpointTime } from '../cache/checkpoint-time.ts';
import type { Clock } from '../core/clock.ts';
import type { JobObserver } from '../workers/executor.ts';

/** Milliseconds between two notes of how long an attempt takes: a run that is killed leaves no other. */
const NOTE = 10_000;

/** Measures an attempt, from the moment at which its stage starts: that of its process is not the stage's time. */
export class AttemptTimer {
  readonly #clock: Clock;
  #begin: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#begin = clock.now();
  }

  get seconds(): number {
    return (this.#clock.now() - this.#begin) / 1000;
  }

  /** @param checkpoint of the attempt: the time that goes into it is noted */
  watch(observer: JobObserver, time: CheckpointTime | undefined, checkpoint: string): JobObserver {
    let noted = this.#clock.now();
    return {
      ...observer,
      started: (pid, host) => {
        this.#begin = this.#clock.now();
        observer.started(pid, host);
      },
      progress: (progress) => {
        observer.progress(progress);
        if (this.#clock.now() - noted < NOTE) return;
        noted = this.#clock.now();
        time?.note(checkpoint, this.seconds);
      },
    };
  }
}
