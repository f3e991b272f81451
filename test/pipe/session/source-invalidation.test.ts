import { renameSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fc } from '../../properties.ts';
import { writeFiles } from '../loader/project.ts';
import { eventsOf } from '../project.ts';
import { SourceProject } from '../source-project.ts';

/** What the files of a project say. */
interface Study {
  /** Modules m0, m1, ...: the later ones that each imports, and a value. */
  readonly modules: readonly { readonly imports: readonly number[]; readonly value: number }[];
  /** Stages s0, s1, ...: the modules that each imports, and the earlier stages that it reads. */
  readonly stages: readonly {
    readonly imports: readonly number[];
    readonly reads: readonly number[];
    readonly param: number;
    /** Whether it imports package a, which brings package b along. */
    readonly packaged: boolean;
  }[];
  readonly versions: { readonly a: number; readonly b: number };
  /** Ways to write the same. */
  readonly reversed: boolean;
  readonly comment: number;
}

const studies: fc.Arbitrary<Study> = fc
  .record({ modules: fc.integer({ min: 1, max: 5 }), stages: fc.integer({ min: 1, max: 4 }) })
  .chain((count) =>
    fc.record({
      modules: fc.tuple(
        ...Array.from({ length: count.modules }, (_, i) =>
          fc.record({ imports: fc.subarray(range(i + 1, count.modules)), value: fc.constant(0) }),
        ),
      ),
      stages: fc.tuple(
        ...Array.from({ length: count.stages }, (_, i) =>
          fc.record({
            imports: fc.subarray(range(0, count.modules), { minLength: 1 }),
            reads: fc.subarray(range(0, i)),
            param: fc.constant(0),
            packaged: fc.boolean(),
          }),
        ),
      ),
      versions: fc.constant({ a: 0, b: 0 }),
      reversed: fc.constant(false),
      comment: fc.constant(0),
    }),
  );

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}

function filesOf({ modules, stages, versions, reversed, comment }: Study): Record<string, string> {
  const order = <T>(items: readonly T[]) => (reversed ? items.toReversed() : items);
  const note = comment === 0 ? '' : `// ${'written otherwise '.repeat(comment)}\n\n`;
  const files: Record<string, string> = {};
  for (const [i, { imports, value }] of modules.entries()) {
    const lines = imports.map((n) => `import { value as v${n} } from './m${n}.ts';`);
    const sum = [value, ...imports.map((n) => `v${n}`)].join(' + ');
    files[`src/m${i}.ts`] = `${note}${lines.join('\n')}\nexport const value = ${sum};\n`;
  }
  for (const [i, { imports, packaged }] of stages.entries()) {
    const lines = imports.map((n) => `import { value as v${n} } from '../src/m${n}.ts';`);
    if (packaged) lines.push(`import 'a';`);
    files[`stages/s${i}.ts`] = `${note}${lines.join('\n')}\nexport default 'stage ${i}';\n`;
  }
  const rows = stages.map(({ reads, param }, i) => {
    const inputs = order(reads).map((n) => `s${n}: s${n}/out`);
    const keys = order([`matrix: [x]`, `params: { p: ${param} }`, `inputs: { ${inputs} }`]);
    return `  s${i}: { ${keys.join(', ')} }`;
  });
  const blocks = [`axes: { x: [${order([1, 2])}] }`, `stages:\n${order(rows).join('\n')}`];
  files['pipeline.yaml'] = `${order(blocks).join('\n')}\n`;
  files['package-lock.json'] = JSON.stringify({
    packages: {
      'node_modules/a': { version: `1.0.${versions.a}`, dependencies: { b: '*' } },
      'node_modules/b': { version: `1.0.${versions.b}` },
      'node_modules/unused': { version: `1.0.${comment}` },
    },
  });
  return files;
}

/** Modules whose code a stage depends on. */
function reached({ modules, stages }: Study, stage: number): ReadonlySet<number> {
  const found = new Set(stages[stage].imports);
  for (const index of found) for (const next of modules[index].imports) found.add(next);
  return found;
}

/** One edit, the stages whose fingerprints it changes by itself, and how it is to be called. */
interface Edit {
  readonly study: Study;
  readonly stages: readonly number[];
  readonly cause: string;
}

/** @param fresh a number that was never used */
function edit(study: Study, what: string, at: number, fresh: number): Edit {
  const { modules, stages, versions } = study;
  const where = (isHit: (stage: number) => boolean) => range(0, stages.length).filter(isHit);
  switch (what) {
    case 'module': {
      const index = at % modules.length;
      const edited = modules.with(index, { ...modules[index], value: fresh });
      const hit = where((stage) => reached(study, stage).has(index));
      return {
        study: { ...study, modules: edited },
        stages: hit,
        cause: `src/m${index}.ts edited`,
      };
    }
    case 'param': {
      const index = at % stages.length;
      const { param } = stages[index];
      const edited = stages.with(index, { ...stages[index], param: fresh });
      const cause = `params.p ${param} -> ${fresh}`;
      return { study: { ...study, stages: edited }, stages: [index], cause };
    }
    case 'package a':
    case 'package b': {
      const name = what === 'package a' ? 'a' : 'b';
      return {
        study: { ...study, versions: { ...versions, [name]: fresh } },
        stages: where((stage) => stages[stage].packaged),
        cause: `package ${name} 1.0.${versions[name]} -> 1.0.${fresh}`,
      };
    }
    case 'order':
      return { study: { ...study, reversed: !study.reversed }, stages: [], cause: '' };
    default:
      return { study: { ...study, comment: fresh }, stages: [], cause: '' };
  }
}

const KINDS = ['module', 'param', 'package a', 'package b', 'order', 'comment'] as const;
const edits = fc.array(fc.tuple(fc.constantFrom(...KINDS), fc.nat(), fc.boolean()), {
  minLength: 1,
  maxLength: 5,
});

/** What a stage makes: of the values that its code reaches, `lossy` keeps a bit. */
function resultOf(study: Study, stage: number, param: number, inputs: string, lossy: boolean) {
  const values = [...reached(study, stage)].map((index) => study.modules[index].value);
  const sum = values.reduce((total, value) => total + value, param);
  return lossy ? `${stage}: ${sum % 2}` : `${stage}: ${sum} (${inputs})`;
}

/** What every stage makes, in order. */
function madeBy(study: Study, lossy: boolean): readonly string[] {
  const results: string[] = [];
  for (const [i, { reads, param }] of study.stages.entries()) {
    const texts = reads.map((n) => results[n]).join();
    results.push(resultOf(study, i, param, texts, lossy));
  }
  return results;
}

/** All that a stage's result depends on: how often its code or params changed, and what it reads. */
function situationsOf(study: Study, codes: readonly number[], made: readonly string[]): string[] {
  return study.stages.map(({ reads }, stage) =>
    JSON.stringify([stage, codes[stage], reads.map((n) => made[n])]),
  );
}

test('an edit reruns exactly what it affects, and explain names it as the cause', async () => {
  await fc.assert(
    fc.asyncProperty(studies, edits, fc.boolean(), async (start, plan, lossy) => {
      let study = start;
      const inputs = (stage: number) =>
        Object.fromEntries(study.stages[stage].reads.map((n) => [`s${n}`, 'many' as const]));
      const stages = Object.fromEntries(
        study.stages.map((_, i) => [`s${i}`, { inputs: inputs(i), paramKeys: ['x', 'p'] }]),
      );
      const project = new SourceProject(filesOf(study), stages);
      const behaviours = Object.fromEntries(
        study.stages.map((_, i) => [
          `s${i}`,
          (texts: readonly string[], params: unknown) =>
            resultOf(study, i, (params as { p: number }).p, texts.join(), lossy),
        ]),
      );
      expect((await project.run(behaviours)).counts.ran).toBe(study.stages.length * 2);

      const codes = study.stages.map(() => 0);
      const known = new Set(situationsOf(study, codes, madeBy(study, lossy)));
      for (const [round, [what, at, isTouched]] of plan.entries()) {
        const before = study;
        const done = edit(study, what, at, round + 1);
        study = done.study;
        writeFiles(project.root, filesOf(study));
        if (isTouched) {
          for (const path of Object.keys(filesOf(study)))
            utimesSync(join(project.root, path), 1, 1);
        }

        // Those that the edit hits itself run; of the others, those that read something new.
        const [old, now] = [madeBy(before, lossy), madeBy(study, lossy)];
        const isNew = (stage: number) => old[stage] !== now[stage];
        const isHit = (stage: number) => done.stages.includes(stage);
        for (const stage of done.stages) codes[stage] += 1;
        // A lossy stage may come back to what it once made: what reads that was made from it before.
        const isMade = situationsOf(study, codes, now).map((situation) => known.has(situation));
        const reruns = range(0, study.stages.length).filter(
          (stage) => !isMade[stage] && (isHit(stage) || study.stages[stage].reads.some(isNew)),
        );
        for (const situation of situationsOf(study, codes, now)) known.add(situation);
        const ids = reruns.flatMap((stage) => [`s${stage}[x=1]`, `s${stage}[x=2]`]);

        const said = await project.explain();
        for (const stage of done.stages) {
          const isWaiting = mayChange(study, done.stages, stage);
          for (const x of [1, 2]) {
            const lines = said.get(`s${stage}[x=${x}]`) ?? [];
            if (isWaiting)
              expect(lines[0]).toContain('will run only if the outputs of one of these change');
            else expect(lines.slice(1)).toEqual([`  ${done.cause}`]);
          }
        }

        const { events } = await project.run(behaviours);
        const ran = eventsOf(events, 'finished').map(({ instance }) => instance);
        expect([...ran].sort()).toEqual([...ids].sort());
        for (const { instance, reason } of eventsOf(events, 'started')) {
          const stage = Number(/^s(\d+)/.exec(instance)?.[1]);
          const causes = reason.split(/, | and /);
          expect(causes.includes(done.cause)).toBe(isHit(stage));
          // What it reads is named too, unless there is no room for it.
          if (!isHit(stage)) expect(reason).toMatch(/^input s\d+/);
        }
      }
    }),
    { numRuns: 25, endOnFailure: true },
  );
});

/** Whether a stage reads, directly or not, from one that is to run. */
function mayChange(study: Study, hit: readonly number[], stage: number): boolean {
  return study.stages[stage].reads.some((n) => hit.includes(n) || mayChange(study, hit, n));
}

test('a file that nothing imports may come, change its name and go', async () => {
  const study: Study = {
    modules: [{ imports: [], value: 0 }],
    stages: [{ imports: [0], reads: [], param: 0, packaged: false }],
    versions: { a: 0, b: 0 },
    reversed: false,
    comment: 0,
  };
  const project = new SourceProject(filesOf(study), { s0: { paramKeys: ['p'] } });
  await project.run({ s0: () => 'made' });
  const nothing = { current: 2, ran: 0, restored: 0 };
  writeFiles(project.root, { 'src/unused.ts': 'export {};\n', 'README.md': 'text' });
  expect((await project.run({})).counts).toMatchObject(nothing);
  renameSync(join(project.root, 'src/unused.ts'), join(project.root, 'src/renamed.ts'));
  renameSync(join(project.root, 'README.md'), join(project.root, 'NOTES.md'));
  expect((await project.run({})).counts).toMatchObject(nothing);
});
