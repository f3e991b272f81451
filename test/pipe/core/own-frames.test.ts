import { expect, test } from 'vitest';
import { ownFrames } from '../../../src/pipe/core/own-frames.ts';

const root = '/home/me/a (b)/50% #1 ünï';

test('places in the project are named from its root, the innermost first, at most three', () => {
  const stack = `TypeError: no
    at inner (${root}/src/a.ts:1:2)
    at Object.map (/usr/lib/node.js:3:4)
    at async ${root}/stages/b c.ts:5:6
    at new Thing [as it] (${root}/node_modules/x/index.js:7:8)
    at inner (${root}/src/a.ts:1:2)
    at async run (${root}/stages/c.ts:9:10)
    at ${root}/stages/d.ts:11:12`;
  expect(ownFrames(stack, root)).toEqual(['src/a.ts:1:2', 'stages/b c.ts:5:6', 'stages/c.ts:9:10']);
});

test('a folder whose name only begins like the root, the runner and no stack give none', () => {
  const stack = `Error
    at f (${root}-other/src/a.ts:1:2)
    at runStage (${root}/src/pipe/workers/run-stage.ts:1:2)`;
  expect(ownFrames(stack, root)).toEqual([]);
  expect(ownFrames(undefined, root)).toEqual([]);
});
