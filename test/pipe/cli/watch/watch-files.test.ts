import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { watchFiles } from '../../../../src/pipe/cli/watch/watch-files.ts';
import { takeSnapshot } from '../../../../src/pipe/loader/snapshot.ts';
import { temporaryProject } from '../../loader/project.ts';

test('links that lead round in circles are not followed, and edits beside them are noticed', async () => {
  const root = temporaryProject({ 'pipeline.yaml': '', 'stages/a.ts': '', 'cache/log': '' });
  symlinkSync('..', join(root, 'stages/up'));
  symlinkSync('loop', join(root, 'stages/loop'));
  symlinkSync('nowhere', join(root, 'stages/broken'));
  const edits = await watchFiles(await takeSnapshot({ projectRoot: root }), 1);
  onTestFinished(() => edits.close());
  let isEdited = false;
  const edited = edits.next().then((happened) => {
    isEdited = happened;
  });
  // The runner's own files change all the time: they must not count as edits.
  writeFileSync(join(root, 'cache/log'), 'more');
  await expect(vi.waitUntil(() => isEdited, { timeout: 300, interval: 20 })).rejects.toThrow();
  // The first moments after the start are not watched yet.
  await vi.waitUntil(
    () => {
      writeFileSync(join(root, 'stages/a.ts'), `export {}; // ${Math.random()}`);
      return isEdited;
    },
    { timeout: 20_000, interval: 50 },
  );
  await edited;
});
