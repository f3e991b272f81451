import type { Coordinate } from '../../../src/pipe/pipeline/contract.ts';
import { fc } from '../../properties.ts';
import type { FakeStage } from './directory.ts';

export type AxisValue = Coordinate | Readonly<Record<string, Coordinate>>;

/** A pipeline as data: what the YAML says, and what an oracle can expand by itself. */
export interface Declaration {
  readonly axes: Readonly<Record<string, readonly AxisValue[]>>;
  readonly stages: Readonly<Record<string, DeclaredStage>>;
}

export interface DeclaredStage {
  readonly matrix?: readonly string[];
  readonly exclude?: readonly Readonly<Record<string, Coordinate>>[];
  readonly inputs: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Up to three axes, one of records with a coordinate that only some of them have. */
const axes = fc
  .record({
    zeta: fc.uniqueArray(fc.integer({ min: -3, max: 12 }), { minLength: 1, maxLength: 3 }),
    game: fc.subarray(['set', 'star', 'union'], { minLength: 1 }),
    model: fc.subarray<AxisValue>(
      [
        { model: 'contrastive', dim: 8 },
        { dim: 12, model: 'contrastive' },
        { model: 'plain' },
        'bare',
      ],
      { minLength: 1 },
    ),
  })
  .chain((all) => fc.subarray(Object.entries(all)))
  .map((entries) => Object.fromEntries(entries) as Declaration['axes']);

/** Some of the cells of a matrix, each as what an exclusion says: all of its coordinates, or those of one axis. */
function exclusions(chosen: Declaration['axes'], matrix: readonly string[]) {
  const conditions = matrix.map((axis) =>
    fc
      .constantFrom(...chosen[axis])
      .map((value) => (typeof value === 'object' ? value : { [axis]: value })),
  );
  const one = fc
    .tuple(...conditions)
    .chain((parts) => fc.subarray(parts, { minLength: 1 }))
    .map((parts): Readonly<Record<string, Coordinate>> => Object.assign({}, ...parts));
  return fc.oneof(fc.constant(undefined), fc.array(one, { maxLength: 2 }));
}

/** Stages that read from earlier ones, declared in any order. */
export const declarations: fc.Arbitrary<Declaration> = axes.chain((chosen) => {
  const stage = (index: number) =>
    fc.option(fc.shuffledSubarray(Object.keys(chosen)), { nil: undefined }).chain((matrix) =>
      fc.record({
        matrix: fc.constant(matrix),
        exclude: matrix?.length ? exclusions(chosen, matrix) : fc.constant(undefined),
        inputs: fc.uniqueArray(fc.nat({ max: Math.max(0, index - 1) }), {
          maxLength: index && 2,
        }),
        steps: fc.nat({ max: 3 }),
      }),
    );
  return fc
    .integer({ min: 1, max: 5 })
    .chain((n) => fc.tuple(...Array.from({ length: n }, (_, i) => stage(i))))
    .map((stages) => ({
      axes: chosen,
      stages: Object.fromEntries(
        stages.map(({ matrix, exclude, inputs, steps }, i) => [
          `s${i}`,
          {
            ...(matrix === undefined ? {} : { matrix }),
            ...(exclude === undefined ? {} : { exclude }),
            inputs: Object.fromEntries(inputs.map((from) => [`in${from}`, `s${from}/out`])),
            params: { steps, nested: { b: 1, a: [steps] } },
          },
        ]),
      ),
    }));
});

/** JSON is YAML. */
export const toYaml = (declaration: Declaration): string => JSON.stringify(declaration);

/** Every input gathers, whatever it finds. */
export function stagesOf({ stages }: Declaration): Readonly<Record<string, FakeStage>> {
  return Object.fromEntries(
    Object.entries(stages).map(([name, { inputs }]) => [
      name,
      {
        inputs: Object.fromEntries(Object.keys(inputs).map((input) => [input, 'many'] as const)),
        paramKeys: ['dim', 'game'],
      },
    ]),
  );
}

/** The same declaration with all that has no order put into another one. */
export function reordered(declaration: Declaration): fc.Arbitrary<Declaration> {
  const shuffled = <T>(record: Readonly<Record<string, T>>): fc.Arbitrary<Record<string, T>> =>
    fc
      .shuffledSubarray(Object.entries(record), { minLength: Object.keys(record).length })
      .map((entries) => Object.fromEntries(entries));
  const list = <T>(items: readonly T[]) =>
    fc.shuffledSubarray([...items], { minLength: items.length });
  const all = <T>(record: Readonly<Record<string, T>>, change: (value: T) => fc.Arbitrary<T>) =>
    fc
      .tuple(...Object.values(record).map(change))
      .map((values) => Object.fromEntries(Object.keys(record).map((key, i) => [key, values[i]])))
      .chain(shuffled);
  return fc.record({
    axes: all(declaration.axes, (values) => list(values)),
    stages: all(declaration.stages, (stage) =>
      fc
        .record({
          matrix: stage.matrix === undefined ? fc.constant(undefined) : list(stage.matrix),
          exclude: stage.exclude === undefined ? fc.constant(undefined) : list(stage.exclude),
          inputs: shuffled(stage.inputs),
          params: shuffled(stage.params),
        })
        .map(({ matrix, exclude, ...rest }) => ({
          ...rest,
          ...(matrix === undefined ? {} : { matrix }),
          ...(exclude === undefined ? {} : { exclude }),
        })),
    ),
  });
}
