import { expect, test } from 'vitest';
import { parsePipeline } from '../../../src/pipe/pipeline/parse.ts';
import { errorsOf, mistakes, VALID } from './mistakes.ts';

test('a valid pipeline has no mistakes', () => {
  expect(errorsOf(VALID)).toEqual([]);
});

test('sizes and durations are read with their units', () => {
  const spec = parsePipeline('pipeline.yaml', VALID);
  if (!('stages' in spec)) throw new Error('mistakes');
  expect(spec.stages.get('train')).toMatchObject({
    resources: { cpus: 2, memory: 1.5 * 2 ** 30, gpus: 0 },
    timeout: 5_400_000,
    retries: 2,
  });
});

test('unknown keys are reported on every level', () => {
  const text = VALID.replace('axes:', 'axis:').replace('retries', 'retires').replace('cpus', 'cpu');
  expect(mistakes(text)).toEqual(
    expect.arrayContaining([
      "1:1 unknown key 'axis' in the pipeline | did you mean 'axes'?",
      "15:18 unknown key 'cpu' in 'resources' | did you mean 'cpus'?",
      "17:5 unknown key 'retires' in stage 'train' | did you mean 'retries'?",
    ]),
  );
});

test('an axis must be a list with at least one value', () => {
  expect(mistakes('axes: { a: [], b: 1 }\nstages: { s: { matrix: [a, b] } }')).toEqual([
    "1:12 axis 'a' is empty | give it at least one value",
    "1:19 axis 'b' must be a list, not 1 | write its values in brackets: [1, 2], a range: { from: 1, to: 10 }, or a column: { from: split/parts, column: name }",
  ]);
});

test('a matrix without a value is reported', () => {
  expect(mistakes('stages: { s: { matrix: } }')).toEqual([
    "1:24 'matrix' must be a list, not null | matrix: [model, seed], or matrix: [] for a single instance",
  ]);
});

test('axis values must differ', () => {
  expect(mistakes('axes:\n  a: [1, "1", x, X]\nstages: { s: }')).toEqual([
    "2:10 axis 'a' has a=1 twice | values must differ as text: remove or change one",
  ]);
});

test('a range counts upwards in steps, and not too far', () => {
  const text = `axes:
  a: { from: 3, to: 1 }
  b: { from: 1, to: 1000000 }
  c: { from: 1, to: 9, step: 0 }
  d: { from: 1 }
  e: { from: 1, to: 2, by: 1 }
stages: { s: }
`;
  expect(mistakes(text)).toEqual([
    "4:30 'step' must be a number above 0, not 0 | write its values in brackets: [1, 2], a range: { from: 1, to: 10 }, or a column: { from: split/parts, column: name }",
    "5:6 axis 'd' has no to | { from: 1, to: 10, step: 1 }",
    "6:24 unknown key 'by' in axis 'e' | known: 'from', 'to', 'step', 'column'",
  ]);
  expect(mistakes(text.replace(/ {2}[c-e]:.*\n/g, ''))).toEqual([
    "2:6 axis 'a' is empty: 1 is less than 3 | a range counts upwards: swap from and to",
    "3:6 axis 'b' would have 1000000 values; the limit is 200000 | raise its step, or lower its end",
  ]);
});

test('two axes cannot set the same coordinate', () => {
  expect(mistakes('axes:\n  dim: [1]\n  model: [{ model: a, dim: 2 }]\nstages: { s: }')).toEqual([
    "3:11 axis 'model' sets 'dim', which axis 'dim' also sets | rename it here, or merge the two axes",
  ]);
});

test('names that could escape the project or break a selector are rejected, and values that cannot be told', () => {
  const text = `axes:
  "../up": [1]
  game: ["../../etc", "a/b", "a,b", "a=b", "", "a\\u001bb", "a\\nb", true, null, [1]]
stages:
  "a/b":
  axes:
  s: { use: ../../secret }
profiles: { "x y": }
`;
  expect(errorsOf(text).map(({ message }) => message)).toEqual([
    "'../up' is not a valid name for an axis",
    `"" is not valid as a value of axis 'game'`,
    `"a\\u001bb" is not valid as a value of axis 'game'`,
    `"a\\nb" is not valid as a value of axis 'game'`,
    "a value of axis 'game' must be a string or a number, not true",
    "a value of axis 'game' must be a string or a number, not null",
    "a value of axis 'game' must be a string or a number, not a list",
    "'a/b' is not a valid name for a stage",
    "a stage cannot be named 'axes'",
    "'../../secret' is not a valid name for a stage file",
    "'x y' is not a valid name for a profile",
  ]);
  expect(mistakes('stages:\n  "__proto__":\n')).toEqual([
    "2:3 '__proto__' is not a valid key | rename it",
  ]);
});

test('stages whose names differ only in case are reported', () => {
  expect(mistakes('stages:\n  train:\n  Train:\n')).toEqual([
    "3:3 'Train' and 'train' differ only in case | some file systems ignore case: rename one",
  ]);
});

test('values of the wrong type are reported', () => {
  const text = `stages:
  - a
`;
  expect(mistakes(text)).toEqual([
    "2:3 'stages' must be a mapping, not a list | write each stage below it, indented",
  ]);
  const body = VALID.replace('params: { steps: 10 }', 'params: [1]')
    .replace('cpus: 2', 'cpus: many')
    .replace('1.5GiB', '1.5 gigs')
    .replace('gpus: 0', 'gpus: 0.5')
    .replace('1h30m', '90')
    .replace('retries: 2', 'retries: -1');
  expect(errorsOf(body).map(({ message }) => message)).toEqual([
    "'params' must be a mapping, not a list",
    "'cpus' must be a number of at least 0.01, not the string 'many'",
    "'memory' must be a size, not the string '1.5 gigs'",
    "'gpus' must be a whole number of at least 0, not 0.5",
    "'timeout' must be a duration, not 90",
    "'retries' must be a whole number of at least 0, not -1",
  ]);
});

test('a profile cannot change undeclared stages or axes', () => {
  expect(
    mistakes(`${VALID}    stages: { trian: { retries: 1 } }\n  x: { axes: { gmae: [1] } }`),
  ).toEqual([
    "22:15 profile 'ci' changes stage 'trian', which the pipeline does not declare | did you mean 'train'?",
    "23:16 profile 'x' changes axis 'gmae', which the pipeline does not declare | did you mean 'game'?",
  ]);
});

test('a pipeline must have stages', () => {
  expect(mistakes('')).toEqual([
    '1:1 the pipeline is empty | stages: { my-stage: { params: {} } }',
  ]);
  expect(errorsOf('axes: { a: [1] }').map(({ message }) => message)).toEqual([
    'the pipeline has no stages',
  ]);
  expect(mistakes('hello')).toEqual([
    "1:1 the pipeline must be a mapping, not the string 'hello' | stages: { my-stage: { params: {} } }",
  ]);
});

test('all mistakes are reported at once, in the order of the file', () => {
  const text = VALID.replace('[set, union]', '[]').replace('1h30m', 'soon').replace('cpus', 'cpu');
  expect(errorsOf(text).map(({ range }) => range?.line)).toEqual([2, 15, 16]);
});
