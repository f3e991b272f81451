import type { Parameters } from '../models/parameters.ts';
import { type Surroundings, type Training, train } from './loop.ts';

/** A model as it was after some steps of its training. */
export interface Waypoint {
  /** Steps done. */
  readonly step: number;
  readonly parameters: Parameters;
}

/** Trains to the end; the parameters after every `every` steps, and at the end. */
export async function trajectory(
  training: Training,
  every: number,
  around: Pick<Surroundings, 'signal' | 'onStep'>,
): Promise<readonly Waypoint[]> {
  const { steps } = training.schedule;
  const kept: Waypoint[] = [];
  await train(training, {
    ...around,
    // Not for resuming: a look at the parameters along the way.
    snapshotEvery: 0,
    snapshots: {
      load: () => undefined,
      save: ({ step, state }) => {
        if (step % every !== 0 && step !== steps) return;
        const parameters = Object.entries(training.parameters).map(
          ([name, { shape }]) => [name, { shape, values: state[name] }] as const,
        );
        kept.push({ step, parameters: Object.fromEntries(parameters) });
      },
    },
  });
  return kept;
}
