import { describeBackends } from '../src/engine/index.ts';
import type { DoctorLine } from '../src/pipe/pipeline/contract.ts';

/** For `pipe doctor`: which TensorFlow.js backends work here, and which of them trains. */
export default async function describeTraining(): Promise<readonly DoctorLine[]> {
  const { chosen, why, backends } = await describeBackends();
  return [
    ...backends.map(({ name, works, detail }) => {
      return { subject: 'backend', text: `${name}: ${works ? '' : 'does not work: '}${detail}` };
    }),
    { subject: 'training', text: `uses ${chosen}: ${why}` },
  ];
}
