import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { digestStages } from '../../../src/pipe/code/stage-codes.ts';
import type { CodeFile } from '../../../src/pipe/loader/code.ts';
import type { SourceKind } from '../../../src/pipe/loader/output-path.ts';
import type { ImportResolver } from '../../../src/pipe/loader/resolve.ts';
import { transpile } from '../../../src/pipe/loader/transpile.ts';
import { fc } from '../../properties.ts';

/** Modules m0, m1, ...; each imports some later ones. Stage `s` imports m0. */
interface Program {
  readonly imports: readonly (readonly number[])[];
  readonly values: readonly number[];
}

const programs: fc.Arbitrary<Program> = fc.integer({ min: 2, max: 7 }).chain((n) =>
  fc.record({
    imports: fc.tuple(
      ...Array.from({ length: n }, (_, i) =>
        fc.subarray(Array.from({ length: n - i - 1 }, (_, k) => i + 1 + k)),
      ),
    ),
    values: fc.array(fc.nat(), { minLength: n, maxLength: n }),
  }),
);

type Layout = (code: string) => string;

/** Ways to write the same code. */
const layouts: fc.Arbitrary<Layout> = fc.constantFrom<Layout>(
  (code) => `// a comment\n${code}`,
  (code) => code.replaceAll('\n', '\n\n  '),
  (code) => `/** Why. */\n${code}\n/* end */`,
  (code) => `interface Unused { readonly x: number }\n${code}`,
  (code) => `import type { T } from './nowhere.ts';\n${code}`,
  (code) => code.replace('value =', 'value: number ='),
  (code) => code.replaceAll("'", '"'),
);

function sourceOf({ imports, values }: Program, index: number): string {
  const lines = imports[index].map((n) => `import { value as v${n} } from './m${n}.ts';`);
  const sum = [values[index], ...imports[index].map((n) => `v${n}`)].join(' + ');
  return [...lines, `export const value = ${sum};`, ''].join('\n');
}

/** The modules are not on disk: an import leads to where it says. */
const resolver = {
  watched: {},
  resolve: (file: string, _: string, specifier: string) => {
    return { file: posix.join(posix.dirname(file), specifier) };
  },
} as unknown as ImportResolver;

async function digestOf(program: Program, layout: (index: number) => Layout | undefined) {
  const files: Record<string, CodeFile> = {
    'stages/s.ts': await fileOf(
      'stages/s.ts',
      `import { value } from '../src/m0.ts';\nexport default value;\n`,
    ),
  };
  for (const index of program.imports.keys()) {
    const source = sourceOf(program, index);
    const path = `src/m${index}.ts`;
    files[path] = await fileOf(path, layout(index)?.(source) ?? source);
  }
  const sources = { entries: ['stages/s.ts'], groups: [], locks: {}, files };
  const code = digestStages(sources, {}).s;
  return 'digest' in code ? code.digest : JSON.stringify(code.diagnostics);
}

async function fileOf(path: string, source: string): Promise<CodeFile> {
  const kindOf = (path: string): SourceKind => ({ path, scope: 'module' });
  const {
    content: _,
    map: __,
    ...facts
  } = await transpile(kindOf(path), Buffer.from(source), resolver, kindOf);
  return { signature: '', raw: source, ...facts };
}

function reached({ imports }: Program): ReadonlySet<number> {
  const found = new Set<number>([0]);
  for (const index of found) for (const next of imports[index]) found.add(next);
  return found;
}

const asWritten = () => undefined;

test('comments, types and layout change no digest, in whatever file', async () => {
  await fc.assert(
    fc.asyncProperty(
      programs,
      fc.array(layouts, { minLength: 7, maxLength: 7 }),
      async (p, all) => {
        expect(await digestOf(p, (index) => all[index])).toBe(await digestOf(p, asWritten));
      },
    ),
    { numRuns: 30 },
  );
});

test('an edit changes the digest if and only if the stage reaches the file', async () => {
  await fc.assert(
    fc.asyncProperty(programs, fc.nat(), async (program, choice) => {
      const edited = choice % program.values.length;
      const values = program.values.map((value, i) => (i === edited ? value + 1 : value));
      const before = await digestOf(program, asWritten);
      const after = await digestOf({ ...program, values }, asWritten);
      expect(before !== after).toBe(reached(program).has(edited));
    }),
    { numRuns: 30 },
  );
});
