import { expect, test } from 'vitest';
import type { Diagnostic } from '../../../src/pipe/core/diagnostic.ts';
import { parsePipeline } from '../../../src/pipe/pipeline/parse.ts';

function errorsOf(text: string): readonly Diagnostic[] {
  const spec = parsePipeline('pipeline.yaml', text);
  return 'stages' in spec ? [] : spec;
}

/** Each mistake as `line:column message | fix`. */
function mistakes(text: string): readonly string[] {
  return errorsOf(text).map(
    ({ message, range, hint }) => `${range?.line}:${range?.column} ${message} | ${hint}`,
  );
}

const GOOD = `axes:
  game: [set, union]
  model:
    - { model: contrastive, dim: 8 }
    - { model: noncontrastive }
stages:
  queries: { matrix: [game] }
  train:
    matrix: [game, model]
    inputs: { queries: queries/train }
    params: { steps: 10 }
    overrides:
      - when: { game: union, dim: [8] }
        params: { steps: 20 }
    resources: { cpus: 2, memory: 1.5GiB, gpus: 0 }
    timeout: 1h30m
    retries: 2
  plot:
profiles:
  ci:
    axes: { game: [set] }
`;

test('a pipeline without mistakes has none', () => {
  expect(errorsOf(GOOD)).toEqual([]);
});

test('values are read with their units', () => {
  const spec = parsePipeline('pipeline.yaml', GOOD);
  if (!('stages' in spec)) throw new Error('mistakes');
  expect(spec.stages.get('train')).toMatchObject({
    resources: { cpus: 2, memory: 1.5 * 2 ** 30, gpus: 0 },
    timeout: 5_400_000,
    retries: 2,
  });
});

test('a tab in the indentation', () => {
  expect(mistakes('stages:\n\ttrain:\n\t\tparams: {}\n')).toEqual([
    '2:1 a tab in the indentation, which YAML does not allow | indent with spaces',
    '3:1 a tab in the indentation, which YAML does not allow | indent with spaces',
  ]);
});

test('a duplicate key', () => {
  expect(mistakes('stages:\n  a:\n  b:\n  a:\n')).toEqual([
    "4:3 duplicate key 'a' | it is already there in line 2: remove or rename one",
  ]);
});

test('brackets that do not close', () => {
  expect(errorsOf('axes: { a: [1, 2 }\nstages: { s: }\n')[0].range?.line).toBe(1);
});

test('unknown keys on every level', () => {
  const text = GOOD.replace('axes:', 'axis:').replace('retries', 'retires').replace('cpus', 'cpu');
  expect(mistakes(text)).toEqual(
    expect.arrayContaining([
      "1:1 unknown key 'axis' in the pipeline | did you mean 'axes'?",
      "15:18 unknown key 'cpu' in 'resources' | did you mean 'cpus'?",
      "17:5 unknown key 'retires' in stage 'train' | did you mean 'retries'?",
    ]),
  );
});

test('an input of an unknown stage, or that is not of the form <stage>/<output>', () => {
  expect(mistakes(GOOD.replace('queries/train', 'querys/train'))).toEqual([
    "10:24 stage 'train' reads from 'querys', which is not a stage | did you mean 'queries'?",
  ]);
  expect(mistakes(GOOD.replace('queries/train', '../queries'))).toEqual([
    "10:24 stage 'train' reads from '..', which is not a stage | stages: 'queries', 'train', 'plot'",
  ]);
  expect(mistakes(GOOD.replace('queries/train', 'queries'))).toEqual([
    "10:24 'queries' is not of the form <stage>/<output> | inputs: { weights: train/weights }",
  ]);
});

test('an unknown axis', () => {
  expect(mistakes(GOOD.replace('[game, model]', '[gmae, model]'))[0]).toBe(
    "9:14 there is no axis 'gmae' | did you mean 'game'?",
  );
});

test('a cycle is named along the flow of data', () => {
  const text = `stages:
  a: { inputs: { x: c/out } }
  b: { inputs: { x: a/out } }
  c: { inputs: { x: b/out } }
`;
  expect(mistakes(text)).toEqual([
    '2:21 the stages go round in a circle: a -> b -> c -> a | remove one of these inputs',
  ]);
  expect(mistakes('stages: { a: { inputs: { x: a/out } } }')).toEqual([
    '1:29 the stages go round in a circle: a -> a | remove one of these inputs',
  ]);
});

test('a cycle that only a profile makes', () => {
  const text = `stages: { a: , b: { inputs: { x: a/out } } }
profiles:
  odd: { stages: { a: { inputs: { x: b/out } } } }
`;
  expect(mistakes(text)).toEqual([
    '3:38 the stages go round in a circle: a -> b -> a | remove one of these inputs',
  ]);
});

test('an empty axis and an axis that is no list', () => {
  expect(mistakes('axes: { a: [], b: 1 }\nstages: { s: { matrix: [a, b] } }')).toEqual([
    "1:12 axis 'a' is empty | give it at least one value",
    "1:19 axis 'b' must be a list, not 1 | write its values in brackets: b: [1, 2]",
  ]);
});

test('a matrix that is nothing', () => {
  expect(mistakes('stages: { s: { matrix: } }')).toEqual([
    "1:24 'matrix' must be a list, not nothing | matrix: [game, seed], or matrix: [] for a single instance",
  ]);
});

test('axis values twice, also as texts that make the same folder', () => {
  expect(mistakes('axes:\n  a: [1, "1", x, X]\nstages: { s: }')).toEqual([
    "2:10 axis 'a' has a=1 twice | values must differ as text, and in more than case: remove or change one",
    "2:18 axis 'a' has a=X twice | values must differ as text, and in more than case: remove or change one",
  ]);
});

test('two axes that set the same coordinate', () => {
  expect(mistakes('axes:\n  dim: [1]\n  model: [{ model: a, dim: 2 }]\nstages: { s: }')).toEqual([
    "3:11 axis 'model' sets 'dim', which another axis sets too | 'dim' belongs to axis 'dim': rename it here, or join the two axes",
  ]);
});

test('names and values that could leave the project or break a selector are refused', () => {
  const text = `axes:
  "../up": [1]
  game: ["../../etc", "a/b", "a,b", "a=b", "", ".hidden", true, null, [1]]
stages:
  "a/b":
  "__proto__":
  axes:
  s: { use: ../../secret }
profiles: { "x y": }
`;
  expect(errorsOf(text).map(({ message }) => message)).toEqual([
    "'../up' cannot be the name of an axis",
    "'../../etc' cannot be a value of axis 'game'",
    "'a/b' cannot be a value of axis 'game'",
    "'a,b' cannot be a value of axis 'game'",
    "'a=b' cannot be a value of axis 'game'",
    "'' cannot be a value of axis 'game'",
    "'.hidden' cannot be a value of axis 'game'",
    "a value of axis 'game' must be a text or a number, not true",
    "a value of axis 'game' must be a text or a number, not nothing",
    "a value of axis 'game' must be a text or a number, not a list",
    "'a/b' cannot be the name of a stage",
    "'__proto__' cannot be the name of a stage",
    "a stage cannot be called 'axes'",
    "'../../secret' cannot be the name of a stage file",
    "'x y' cannot be the name of a profile",
  ]);
});

test('stages that some file systems would put into one folder', () => {
  expect(mistakes('stages:\n  train:\n  Train:\n')).toEqual([
    "3:3 'Train' and 'train' differ only in case | some file systems take them for the same: rename one",
  ]);
});

test('wrong types', () => {
  const text = `stages:
  - a
`;
  expect(mistakes(text)).toEqual([
    "2:3 'stages' must be a mapping, not a list | write each stage below it, indented",
  ]);
  const body = GOOD.replace('params: { steps: 10 }', 'params: [1]')
    .replace('cpus: 2', 'cpus: many')
    .replace('1.5GiB', '1.5 gigs')
    .replace('gpus: 0', 'gpus: 0.5')
    .replace('1h30m', '90')
    .replace('retries: 2', 'retries: -1');
  expect(errorsOf(body).map(({ message }) => message)).toEqual([
    "'params' must be a mapping, not a list",
    "'cpus' must be a number from 0.01 on, not the text 'many'",
    "'memory' must be a size, not the text '1.5 gigs'",
    "'gpus' must be a whole number from 0 on, not 0.5",
    "'timeout' must be a duration, not 90",
    "'retries' must be a whole number from 0 on, not -1",
  ]);
});

test('an override that names no axis, no value, or values that never occur together', () => {
  const override = (when: string) => mistakes(GOOD.replace('{ game: union, dim: [8] }', when));
  expect(override('{ gmae: union }')).toEqual([
    "13:17 stage 'train' has no axis 'gmae' | did you mean 'game'?",
  ]);
  expect(override('{ game: onion }')).toEqual([
    "13:23 axis 'game' has no value 'onion' in any profile | did you mean 'union'?",
  ]);
  expect(override('{ dim: [8, 9] }')).toEqual([
    "13:26 axis 'dim' has no value '9' in any profile | its values: '8'",
  ]);
  expect(override('{ model: noncontrastive, dim: 8 }')).toEqual([
    "13:9 an override of 'train' that matches no instance | these values never occur together: change or remove it",
  ]);
  expect(override('{}')).toEqual([
    "13:15 'when' is empty: it would match all | when: { game: [union, symdiff], model: contrastive }",
  ]);
});

test('an exclusion of what is not there', () => {
  const exclude = (when: string) =>
    mistakes(
      `axes: { game: [set, star] }\nstages: { a: { matrix: [game], exclude: [${when}] } }\n`,
    );
  expect(exclude('{ game: set }')).toEqual([]);
  expect(exclude('{ game: stra }')).toEqual([
    "2:50 axis 'game' has no value 'stra' in any profile | did you mean 'star'?",
  ]);
  expect(exclude('{}')).toEqual([
    '2:42 what is excluded is empty: it would match all | exclude: [{ game: set, dim: [16, 20] }]',
  ]);
});

test('an override for values that only a profile has is none', () => {
  expect(
    errorsOf(
      GOOD.replace('game: [set]', 'game: [shatter]').replace('game: union', 'game: shatter'),
    ),
  ).toEqual([]);
});

test('a profile that changes what is not there', () => {
  expect(
    mistakes(`${GOOD}    stages: { trian: { retries: 1 } }\n  x: { axes: { gmae: [1] } }`),
  ).toEqual([
    "22:15 profile 'ci' changes stage 'trian', which the pipeline does not have | did you mean 'train'?",
    "23:16 profile 'x' changes axis 'gmae', which the pipeline does not have | did you mean 'game'?",
  ]);
});

test('an empty file, and one without stages', () => {
  expect(mistakes('')).toEqual(["1:1 the pipeline is empty | declare 'stages'"]);
  expect(errorsOf('axes: { a: [1] }').map(({ message }) => message)).toEqual([
    'the pipeline has no stages',
  ]);
  expect(mistakes('hello')).toEqual([
    "1:1 the pipeline must be a mapping, not the text 'hello' | start with 'stages:'",
  ]);
});

test('aliases and merge keys repeat what is marked', () => {
  const spec = parsePipeline(
    'p',
    `stages:
  a: { params: &base { x: 1, y: { z: 2 } } }
  b: { params: { <<: *base, x: 3 } }
  c: { params: *base }
`,
  );
  if (!('stages' in spec)) throw new Error(JSON.stringify(spec));
  const keys = (name: string) => [...(spec.stages.get(name)?.params?.entries.keys() ?? [])].sort();
  expect([keys('b'), keys('c')]).toEqual([
    ['x', 'y'],
    ['x', 'y'],
  ]);
});

test('an alias without a mark', () => {
  expect(mistakes('stages: { a: { params: *none } }')[0]).toBe(
    "1:24 nothing is marked '&none' | mark a value before it: &none",
  );
});

test('a billion laughs are refused at once', () => {
  const levels = Array.from({ length: 30 }, (_, i) =>
    i === 0
      ? 'l0: &l0 [ha]'
      : `l${i}: &l${i} [${Array(10)
          .fill(`*l${i - 1}`)
          .join()}]`,
  );
  const errors = errorsOf(`stages:\n  a:\n    params:\n      ${levels.join('\n      ')}\n`);
  expect(errors[0].message).toBe('the aliases repeat too much');
});

test('an alias inside of what it repeats, and endless nesting, are refused', () => {
  expect(errorsOf('stages: { a: { params: { x: &x [*x] } } }')[0].message).toBe(
    'nested more than 64 levels deep',
  );
  expect(errorsOf(`stages: ${'['.repeat(100_000)}`)[0].message).toMatch(/nested too deeply/);
  expect(errorsOf(`stages: ${'{a: '.repeat(50_000)}`)[0].message).toMatch(/nested too deeply/);
});

test('a file that is too large is not parsed', () => {
  expect(errorsOf(`# ${'x'.repeat(9 * 1024 * 1024)}`)[0].message).toMatch(/the file has 9 MiB/);
});

test('values that JSON cannot hold are refused', () => {
  expect(
    errorsOf('stages: { a: { params: { a: .nan, b: 12345678901234567890, c: !x 1 } } }').map(
      ({ message }) => message,
    ),
  ).toEqual([
    'not a finite number',
    'an integer too large to be held exactly',
    "the tag '!x' means nothing here",
  ]);
});

test('many mistakes are reported at once, in the order of the file', () => {
  const text = GOOD.replace('[set, union]', '[]').replace('1h30m', 'soon').replace('cpus', 'cpu');
  expect(errorsOf(text).map(({ range }) => range?.line)).toEqual([2, 15, 16]);
});
