import type { TaskName } from '../../../src/studies/data-parallel/tables.ts';
import type { TaskSettings } from '../../../src/studies/data-parallel/tasks.ts';

/** Models that are quick to train. */
export function smallSettings(task: TaskName): TaskSettings {
  return {
    task,
    batch: 6,
    seed: 1,
    schedule: { peak: task === 'mlp' ? 0.1 : 0.002, warmUp: 1, steps: 4 },
    mlp: { inputs: 5, hidden: 7, classes: 3 },
    dualEncoder: {
      cards: 9,
      pairs: 2,
      queries: 64,
      dim: 4,
      encoder: { layers: 1, width: 8, heads: 2, feedForward: 8, pooling: 'mean' },
    },
  };
}
