import { expect, test } from 'vitest';
import { Cache } from '../../../src/pipe/cache/cache.ts';
import { inputChanged } from '../../../src/pipe/session/failures.ts';
import { temporaryFolder } from '../project.ts';

test('what was altered during a run is an input of the stage, or the code of its command', () => {
  const cache = new Cache(temporaryFolder());
  expect(inputChanged(cache, { path: 'data.txt', isCode: false })).toEqual({
    kind: 'input-changed',
    message: 'data.txt was altered while the stage was reading it',
    hint: 'run it again; if nobody touched the file, the stage writes to its input',
  });
  expect(inputChanged(cache, { path: 'fit.py', isCode: true })).toEqual({
    kind: 'input-changed',
    message: 'fit.py was altered while the command, which it is the code of, ran',
    hint: 'run it again; if nobody touched the file, the stage writes to its own code',
  });
});
