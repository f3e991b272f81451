import { stream } from '../../../src/random/streams.ts';
import { type Example, type Task, taskDefinitions } from '../../../src/studies/sequences/tasks.ts';

/** Examples of a task, the same on every call. */
export function examplesOf(task: Task, count = 50): readonly Example[] {
  const random = stream(1, 'tasks', task);
  return Array.from({ length: count }, () => taskDefinitions[task].draw(random));
}
