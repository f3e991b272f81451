import { expect, test } from 'vitest';
import { parsePipeline } from '../../../src/pipe/pipeline/parse.ts';
import { readYaml } from '../../../src/pipe/yaml/read.ts';
import { errorsOf, mistakes } from '../pipeline/mistakes.ts';

test('a tab in the indentation is reported once per line', () => {
  expect(mistakes('stages:\n\ttrain:\n\t\tparams: {}\n')).toEqual([
    '2:1 tab in the indentation; YAML allows only spaces | indent with spaces',
    '3:1 tab in the indentation; YAML allows only spaces | indent with spaces',
  ]);
});

test('a duplicate key names the line of the first one', () => {
  expect(mistakes('stages:\n  a:\n  b:\n  a:\n')).toEqual([
    "4:3 duplicate key 'a' | first used in line 2: remove or rename one",
  ]);
});

test('an unclosed bracket is reported in its line', () => {
  expect(errorsOf('axes: { a: [1, 2 }\nstages: { s: }\n')[0].range?.line).toBe(1);
});

test('aliases and merge keys repeat the value of their anchor', () => {
  const spec = parsePipeline(
    'p',
    `stages:
  a: { params: &base { x: 1, y: { z: 2 } } }
  b: { params: { <<: *base, x: 3 } }
  c: { params: *base }
`,
  );
  if (!('stages' in spec)) throw new Error(JSON.stringify(spec));
  const keys = (name: string) => Object.keys(spec.stages.get(name)?.params ?? {}).sort();
  expect([keys('b'), keys('c')]).toEqual([
    ['x', 'y'],
    ['x', 'y'],
  ]);
});

test('an alias without an anchor is reported', () => {
  expect(mistakes('stages: { a: { params: *none } }')[0]).toBe(
    "1:24 unknown anchor '*none' | define the anchor before it: &none",
  );
});

test('the billion laughs attack is rejected at once', () => {
  const levels = Array.from({ length: 30 }, (_, i) =>
    i === 0
      ? 'l0: &l0 [ha]'
      : `l${i}: &l${i} [${Array(10)
          .fill(`*l${i - 1}`)
          .join()}]`,
  );
  const errors = errorsOf(`stages:\n  a:\n    params:\n      ${levels.join('\n      ')}\n`);
  expect(errors[0].message).toBe('aliases expand to more than 10000 values');
});

test('recursive aliases and endless nesting are rejected', () => {
  expect(errorsOf('stages: { a: { params: { x: &x [*x] } } }')[0].message).toBe(
    'nested more than 64 levels deep',
  );
  const chain = Array.from({ length: 100 }, (_, i) => `l${i + 1}: &l${i + 1} [*l${i}]`);
  expect(
    errorsOf(`stages:\n  a:\n    params:\n      l0: &l0 []\n      ${chain.join('\n      ')}\n`)[0]
      .message,
  ).toBe('nested more than 64 levels deep');
  const texts = [
    'stages: '.padEnd(100_000, '['),
    `stages: ${'{a: '.repeat(50_000)}`,
    '- '.repeat(50_000),
  ];
  // Several times: once the code is optimized, overflows occur at other places.
  for (const text of [...texts, ...texts, ...texts]) {
    expect(errorsOf(text)[0].message).toMatch(/nested too deeply/);
  }
});

test('a file that is too large is not parsed', () => {
  expect(errorsOf(`# ${'x'.repeat(9 * 1024 * 1024)}`)[0].message).toMatch(/the file has 9 MiB/);
});

test('values that JSON cannot represent are rejected', () => {
  expect(
    errorsOf('stages: { a: { params: { a: .nan, b: 12345678901234567890, c: !x 1 } } }').map(
      ({ message }) => message,
    ),
  ).toEqual(['not a finite number', 'integer too large to be exact', "unknown tag '!x'"]);
});

test('a number with an exponent or a point is rounded on purpose, one of digits alone is not', () => {
  const { value, diagnostics } = readYaml(
    'x.yaml',
    '[1e21, 1E+21, -1.5e300, 12345678901234567890.0, 12345678901234567000, 9007199254740993]',
  );
  expect(value).toBeUndefined();
  expect(diagnostics.map(({ range }) => range?.column)).toEqual([71]);
  expect(readYaml('x.yaml', '[1e21, -1.5e300, 12345678901234567000]').value).toEqual([
    1e21, -1.5e300, 12345678901234567000,
  ]);
});

test('a mistake in a repeated value is reported where the value is written', () => {
  const text = `stages:
  a: { resources: &r { cpu: 1 } }
  b: { resources: *r }
  c: { resources: { <<: *r, gpus: -1 } }
`;
  expect(mistakes(text)).toEqual([
    "2:24 unknown key 'cpu' in 'resources' | did you mean 'cpus'?",
    "4:35 'gpus' must be a whole number of at least 0, not -1 | e.g. 1",
  ]);
});

test('only strings and numbers are keys, and only mappings are merged', () => {
  expect(mistakes('stages:\n  ? [a]\n  : 3\n  true: 3\n  b: { params: { <<: 3 } }\n')).toEqual([
    '2:5 a key must be a string or a number | write a plain word before the colon',
    '4:3 a key must be a string or a number | write a plain word before the colon',
    '5:22 only a mapping can be merged with << | e.g. <<: *base',
  ]);
});
