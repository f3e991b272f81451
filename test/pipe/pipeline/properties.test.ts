import { expect, test } from 'vitest';
import { digestText } from '../../../src/pipe/core/digest.ts';
import { Unaffected } from '../../../src/pipe/current/unaffected.ts';
import { complete } from '../../../src/pipe/pipeline/complete.ts';
import type { Coordinate } from '../../../src/pipe/pipeline/contract.ts';
import { expand } from '../../../src/pipe/pipeline/expand.ts';
import type { Graph, StageDescription } from '../../../src/pipe/pipeline/graph.ts';
import { parsePipeline } from '../../../src/pipe/pipeline/parse.ts';
import { encodePlan, Plan } from '../../../src/pipe/pipeline/plan.ts';
import { type ResolvedPipeline, resolve } from '../../../src/pipe/pipeline/resolve.ts';
import { fc } from '../../properties.ts';
import {
  type AxisValue,
  type Declaration,
  declarations,
  reordered,
  stagesOf,
  toYaml,
} from './arbitrary.ts';
import { buildGraph } from './build.ts';

const PIPELINE = `
# Of everything that a pipeline declares, a little.
axes:
  deck: [9, 27]
  game: [set, star]
  model:
    - { model: contrastive, dim: 8 }
    - { model: noncontrastive }
  seed: [1, 2]

stages:
  generate-deck:
    matrix: [deck]
    params: { values: 3 }

  train:
    matrix: [deck, game, model, seed]
    process: shared
    inputs: { deck: generate-deck/deck }
    exclude: [{ game: [set], deck: 27 }]
    params: &training
      encoder: { layers: 4 }
      batch: 64
    overrides:
      - { when: { game: star }, params: { encoder: { layers: 2 } } }
    resources: { cpus: 1 }

  floor:
    use: other
    matrix: [game]
    params: { <<: *training, steps: 0.5 }

  plot:
    matrix: []
    inputs: { models: train/model, floors: floor/table }

profiles:
  ci:
    axes: { deck: [9], seed: [1] }
    stages:
      train:
        params: { batch: 8 }
      floor: { matrix: [game, seed] }
`;

/** One cell of a matrix: axis -> the value it has there. */
type Cell = ReadonlyMap<string, AxisValue>;

/** Expands by trying every combination and comparing every pair: slow, and plain to see. */
function oracle({ axes, stages }: Declaration) {
  const matrixOf = (stage: string): readonly string[] => {
    const { matrix, inputs } = stages[stage];
    const inherited = Object.values(inputs).flatMap((path) => matrixOf(path.split('/')[0]));
    return [...new Set(matrix ?? inherited)].sort();
  };
  const cellsOf = (stage: string): readonly Cell[] =>
    matrixOf(stage)
      .reduce<readonly Cell[]>(
        (cells, axis) =>
          cells.flatMap((cell) => axes[axis].map((value) => new Map([...cell, [axis, value]]))),
        [new Map()],
      )
      .filter((cell) => !isExcluded(stage, cell) && !isStarved(stage, cell));
  const isExcluded = (stage: string, cell: Cell) => {
    const own = Object.fromEntries(coordinatesOf(cell));
    return (stages[stage].exclude ?? []).some((when) =>
      Object.entries(when).every(([name, value]) => own[name] === value),
    );
  };
  const isStarved = (stage: string, cell: Cell) =>
    Object.values(stages[stage].inputs).some((path) => agreeing(path, cell).length === 0);
  const agreeing = (path: string, cell: Cell) =>
    cellsOf(path.split('/')[0]).filter((upstream) =>
      [...upstream].every(([axis, value]) => !cell.has(axis) || cell.get(axis) === value),
    );
  const coordinatesOf = (cell: Cell): readonly (readonly [string, Coordinate])[] =>
    [...cell].flatMap(([axis, value]) => {
      if (typeof value !== 'object') return [[axis, value] as const];
      const rest = Object.keys(value).filter((key) => key !== axis);
      return [axis, ...rest.sort()].map((key) => [key, value[key]] as const);
    });
  const idOf = (stage: string, cell: Cell) => {
    const where = coordinatesOf(cell).map(([key, value]) => `${key}=${value}`);
    return where.length === 0 ? stage : `${stage}[${where.join()}]`;
  };
  return Object.keys(stages).flatMap((stage) =>
    cellsOf(stage).map((cell) => ({
      id: idOf(stage, cell),
      axes: Object.fromEntries(coordinatesOf(cell)),
      sources: Object.fromEntries(
        Object.entries(stages[stage].inputs).map(([input, path]) => {
          const from = path.split('/')[0];
          return [
            input,
            agreeing(path, cell)
              .map((upstream) => idOf(from, upstream))
              .sort(),
          ];
        }),
      ),
    })),
  );
}

const byId = <T extends { readonly id: string }>(items: readonly T[]) =>
  [...items].sort((a, b) => (a.id < b.id ? -1 : 1));

function summary(graph: Graph) {
  return graph.instances.map(({ id, axes, inputs }) => ({
    id,
    axes,
    sources: Object.fromEntries(
      inputs.map(({ name, sources }) => [name, sources.map(({ instance }) => instance).sort()]),
    ),
  }));
}

test('expansion finds the same instances and joins as trying all combinations', async () => {
  await fc.assert(
    fc.asyncProperty(declarations, async (declaration) => {
      const graph = await buildGraph(toYaml(declaration), stagesOf(declaration));
      expect(byId(summary(graph))).toEqual(byId(oracle(declaration)));
    }),
    { numRuns: 150 },
  );
});

test('every instance comes after those it reads from', async () => {
  await fc.assert(
    fc.asyncProperty(declarations.chain(reordered), async (declaration) => {
      const graph = await buildGraph(toYaml(declaration), stagesOf(declaration));
      const seen = new Set<string>();
      for (const { id, inputs } of graph.instances) {
        for (const { instance } of inputs.flatMap(({ sources }) => sources)) {
          expect(seen).toContain(instance);
        }
        seen.add(id);
      }
    }),
    { numRuns: 60 },
  );
});

test('reordering keys, axes and values changes no instance', async () => {
  const pairs = declarations.chain((one) => fc.tuple(fc.constant(one), reordered(one)));
  await fc.assert(
    fc.asyncProperty(pairs, async ([one, other]) => {
      const [a, b] = await Promise.all(
        [one, other].map((declaration) => buildGraph(toYaml(declaration), stagesOf(declaration))),
      );
      // As text: the order of keys inside params, axes and inputs must not change either.
      expect(JSON.stringify(byId(b.instances))).toBe(JSON.stringify(byId(a.instances)));
    }),
    { numRuns: 60 },
  );
});

test('a plan gives back the graph it was made from', async () => {
  await fc.assert(
    fc.asyncProperty(declarations, async (declaration) => {
      const graph = await buildGraph(toYaml(declaration), stagesOf(declaration));
      const { profile, instances } = new Plan(encodePlan(graph));
      expect({ profile, instances }).toEqual(graph);
    }),
    { numRuns: 60 },
  );
});

test('a plan says of each instance alone what it says of all', async () => {
  await fc.assert(
    fc.asyncProperty(declarations, fc.nat(), async (declaration, place) => {
      const graph = await buildGraph(toYaml(declaration), stagesOf(declaration));
      const { instances } = graph;
      if (instances.length === 0) return;
      const plan = new Plan(encodePlan(graph));
      const at = place % instances.length;
      const sources = plan.sourcesOf(at).map((source) => plan.idOf(source));
      const { id, stage, module, outputs, inputs } = instances[at];
      expect(plan.size).toBe(instances.length);
      expect([plan.idOf(at), plan.stageOf(at)]).toEqual([id, stage]);
      expect(plan.kinds[plan.kindOf(at)]).toMatchObject({ module, outputs });
      expect(sources).toEqual(inputs.flatMap((input) => input.sources.map((one) => one.instance)));
      expect(plan.at(at)).toEqual(instances[at]);
      expect(plan.at(at)).toBe(plan.instances[at]);
    }),
    { numRuns: 60 },
  );
});

test('a change affects what it is made to and all that reads from that, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(declarations, fc.nat(), fc.nat(), async (declaration, one, other) => {
      const graph = await buildGraph(toYaml(declaration), stagesOf(declaration));
      const plan = new Plan(encodePlan(graph));
      const { instances, size } = plan;
      if (size === 0) return;
      const edited = plan.kinds[one % plan.kinds.length].module;
      const altered = instances[other % size].id;
      const affected = new Set<string>();
      for (const { id, module, inputs } of instances) {
        const reads = inputs.some(({ sources }) =>
          sources.some(({ instance }) => affected.has(instance)),
        );
        if (id === altered || module === edited || reads) affected.add(id);
      }
      const codes = Object.fromEntries(plan.kinds.map(({ module }) => [module, 'old']));
      const key = digestText('key');
      // An entry without artifacts says which instance it is of in place of its key.
      const entries = instances.map(({ id }) => `${key}\t${id}`);
      const ledger = {
        stored: { plan: plan.text, codes, commands: {}, current: undefined, entries },
        entriesOf: () => entries,
      };
      const codeOf = (module: string) => (module === edited ? 'new' : 'old');
      const found = Unaffected.find(
        ledger,
        plan,
        '',
        codeOf,
        (entry) => !entry.endsWith(`\t${altered}`),
        { files: new Set(), env: new Set() },
      );
      const named = [...(found?.others() ?? [])].map(({ instance }) => instance);
      const known = instances.filter(({ id }) => !affected.has(id)).map(({ id }) => id);
      const read = new Set(
        instances
          .filter(({ id }) => affected.has(id))
          .flatMap(({ inputs }) => inputs.flatMap(({ sources }) => sources.map((s) => s.instance))),
      );
      expect(named).toEqual(known.filter((id) => !read.has(id)));
      expect(found?.instances.map(({ id }) => id)).toEqual(
        instances.filter(({ id }) => affected.has(id) || read.has(id)).map(({ id }) => id),
      );
      expect(found?.count).toBe(named.length);
    }),
    { numRuns: 60 },
  );
});

/** A few slips of the keyboard. */
const mutations = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.oneof(fc.constant(0), fc.nat({ max: 40 })),
    insert: fc.oneof(
      fc.constantFrom(
        '\t',
        '\n',
        ' ',
        '{',
        '}',
        '[',
        ']',
        ':',
        ': ',
        '- ',
        '&a ',
        '*a',
        '#',
        '"',
        "'",
      ),
      fc.constantFrom('!!set ', '? ', '| ', '> ', '%', '@', '<<: *a', '---\n', '...\n', '\0', 'é'),
      fc.string({ maxLength: 5 }),
      fc.constantFrom(...PIPELINE.split('\n')),
    ),
  }),
  { minLength: 1, maxLength: 4 },
);

test('any text gives a graph or diagnostics with places', () => {
  let graphs = 0;
  fc.assert(
    fc.property(mutations, (edits) => {
      let text = PIPELINE;
      for (const { at, remove, insert } of edits) {
        const from = Math.floor(at * text.length);
        text = text.slice(0, from) + insert + text.slice(from + remove);
      }
      const spec = parsePipeline('pipeline.yaml', text);
      if (!('stages' in spec)) {
        expect(spec.length).toBeGreaterThan(0);
        for (const { message, range } of spec) {
          expect(message).not.toBe('');
          expect(range?.line).toBeGreaterThanOrEqual(1);
          expect(range?.line).toBeLessThanOrEqual(text.split('\n').length);
          expect(range?.column).toBeGreaterThanOrEqual(1);
          expect(range?.length).toBeGreaterThanOrEqual(1);
        }
        return;
      }
      for (const profile of ['default', ...spec.profiles.keys()]) {
        const pipeline = resolve(spec, profile, []);
        if ('stages' in pipeline && expandAnyhow(pipeline)) graphs++;
      }
    }),
    { numRuns: 1000, examples: [[[]]] },
  );
  // Else refusals alone would be tried.
  expect(graphs).toBeGreaterThan(50);
});

/** With stages that have whatever inputs and outputs the pipeline binds. Whether that is a graph. */
function expandAnyhow(pipeline: ResolvedPipeline): boolean {
  const descriptions: Record<string, StageDescription> = {};
  const all = pipeline.stages.flatMap(({ inputs }) => inputs);
  const outputs = Object.fromEntries(all.map(({ output }) => [output, `${output}.arrow`]));
  for (const { module, inputs } of pipeline.stages) {
    descriptions[module.value] = {
      inputs: Object.fromEntries(inputs.map(({ name }) => [name, 'many'] as const)),
      outputs,
      paramKeys: ['dim'],
    };
  }
  const draft = expand(pipeline, descriptions);
  if (!('stages' in draft)) return false;
  const parsed = draft.stages.map(({ stage, variants }) => [
    stage.name,
    variants.map(({ params }) => ({ ok: true as const, params })),
  ]);
  expect('instances' in complete(draft, Object.fromEntries(parsed))).toBe(true);
  return true;
}
