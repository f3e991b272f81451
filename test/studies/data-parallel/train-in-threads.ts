// Trains in real threads, for a test: the program of a worker has to be compiled, which tests do not do.
import { trainInThreads } from '../../../src/studies/data-parallel/threads.ts';
import { smallSettings } from './settings.ts';

const settings = smallSettings('infonce');
const results = await trainInThreads(smallSettings('infonce'), [
  { run: 'one', workers: 1 },
  { run: 'ring', workers: 3 },
  { run: 'tree', workers: 2 },
  { run: 'master', workers: 3 },
]);
const diverging = { ...settings, schedule: { ...settings.schedule, peak: 1e30 } };
const failure = await trainInThreads(diverging, [{ run: 'ring', workers: 3 }]).catch(
  ({ message }: Error) => message,
);
console.log(
  JSON.stringify({
    failure,
    groups: results.map((group) =>
      group.map(({ losses, parameters, bytesSent }) => ({
        losses,
        parameters: [...parameters],
        bytesSent,
      })),
    ),
  }),
);
