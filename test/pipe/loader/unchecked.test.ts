import { expect, test } from 'vitest';
import { parseScript } from '../../../src/pipe/loader/syntax.ts';
import { findUnchecked, reshapesObjects } from '../../../src/pipe/loader/unchecked.ts';

function uncheckedIn(
  code: string,
  packages: readonly string[] = [],
  builtins: readonly string[] = [],
) {
  return findUnchecked(parseScript(code), { packages, builtins });
}

test('modules of Node count as unchecked if they have settings, hooks or servers', () => {
  expect(uncheckedIn('', [], ['fs', 'path', 'zlib', 'http', 'async_hooks'])).toEqual([
    'node:async_hooks',
    'node:http',
  ]);
});

test('packages are unchecked, but for schemas of zod and the contract', () => {
  const code = `
    import { z } from 'zod';
    import * as all from 'zod/v4';
    import { object, string } from 'zod';
    import { defineStage } from '@shatter/pipe';
    export default defineStage({ params: z.object({ a: z.string().default('zod') }), b: all.array, c: object });`;
  expect(uncheckedIn(code.replace("'zod') }", "'x') }"), ['zod', '@shatter/pipe'])).toEqual([]);
  expect(uncheckedIn('', ['apache-arrow'])).toEqual(['apache-arrow']);
});

test.each([
  ['its settings', `import { z } from 'zod'; z.config({ jitless: true });`],
  ['a registry', `import { globalRegistry } from 'zod';`],
  ['a name that is computed', `import { z } from 'zod'; z[name]();`],
  ['all of it', `import { z } from 'zod'; keep(z);`],
  ['all of it, for others', `import { z } from 'zod'; export { z };`],
  ['a re-export', `export * from 'zod';`],
  ['an import on demand', `const { z } = await import('zod');`],
  ['another name for it', `import { z } from '#schemas';`],
])('zod is unchecked if a script uses %s', (_, code) => {
  expect(uncheckedIn(code, ['zod'])).toEqual(['zod']);
});

test('so are names by which code goes on or changes settings unseen', () => {
  expect(uncheckedIn('setInterval(f, 1).unref(); new Function("1"); x["dlopen"]()')).toEqual([
    'Function',
    'dlopen',
    'unref',
  ]);
});

test('to freeze or define is to change objects otherwise than by assigning', () => {
  expect(reshapesObjects(parseScript('a.b = 1; delete a.c;'))).toBe(false);
  expect(reshapesObjects(parseScript('Object.freeze(a)'))).toBe(true);
  expect(reshapesObjects(parseScript('const { defineProperty } = Object;'))).toBe(true);
});
