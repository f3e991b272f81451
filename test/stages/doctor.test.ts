import { expect, test } from 'vitest';
import describeTraining from '../../stages/doctor.ts';

test('pipe doctor says of every backend whether it works, and which one trains', async () => {
  const lines = await describeTraining();
  const backends = lines.filter(({ subject }) => subject === 'backend');
  expect(backends.map(({ text }) => text.split(':')[0])).toEqual([
    'tensorflow',
    'onnxruntime',
    'cpu',
  ]);
  const works = backends[0].text.startsWith('tensorflow: TensorFlow 2.');
  expect(lines.at(-1)?.text).toMatch(
    works ? /^runs on onnxruntime, or on tensorflow-[cg]pu if / : /^runs on onnxruntime$/,
  );
});
