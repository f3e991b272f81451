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
  expect(lines.at(-1)?.text).toMatch(/^uses (onnxruntime|tensorflow): /);
});
