// Trains in real threads, for a test: the program of a worker has to be compiled, which tests do not do.
import { compareTrainings } from '../../../src/studies/data-parallel/experiment.ts';
import { smallSettings } from './settings.ts';

const settings = smallSettings('infonce');
const compared = await compareTrainings(settings, [3]);
const diverging = { ...settings, schedule: { ...settings.schedule, peak: 1e30 } };
const failure = await compareTrainings(diverging, [3]).catch(({ message }: Error) => message);
console.log(JSON.stringify({ ...compared, failure }));
