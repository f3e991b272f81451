import { describeBackends } from '../src/engine/index.ts';
import type { DoctorLine } from '../src/pipe/pipeline/contract.ts';

/** For `pipe doctor`: which TensorFlow.js backends work here, and which the param `backend` of a training may name. */
export default async function describeTraining(): Promise<readonly DoctorLine[]> {
  const { backends } = await describeBackends();
  const tensorflow = backends.find(({ name }) => name === 'tensorflow');
  const device = tensorflow?.detail.includes('on the gpu') ? 'gpu' : 'cpu';
  const other = tensorflow?.works ? `, or on tensorflow-${device} if \`backend\` says so` : '';
  return [
    ...backends.map(({ name, works, detail }) => {
      return { subject: 'backend', text: `${name}: ${works ? '' : 'does not work: '}${detail}` };
    }),
    { subject: 'training', text: `runs on onnxruntime${other}` },
  ];
}
