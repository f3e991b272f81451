import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { chainsOf, findVersion, stepsOf, type Tool } from './tool.ts';

const JOBS = String(cpus().length);

/** Files of a chain, the source first: `in/3`, `out/3.0`, ..., `out/3.9`. */
function filesOf(chain: number): readonly string[] {
  return [`in/${chain}`, ...stepsOf().map((step) => `out/${chain}.${step}`)];
}

/** Tools whose stages are commands between files. */
const files = {
  edit(folder: string, text: string) {
    writeFileSync(join(folder, 'in/0'), text);
  },
} satisfies Partial<Tool>;

function writeSources(folder: string, stages: number): void {
  mkdirSync(join(folder, 'in'));
  mkdirSync(join(folder, 'out'));
  for (const chain of chainsOf(stages)) writeFileSync(join(folder, `in/${chain}`), String(chain));
}

/** One text per edge of the graph. */
function edges(stages: number, write: (from: string, to: string) => string): string {
  return chainsOf(stages)
    .flatMap((chain) =>
      filesOf(chain).flatMap((to, i, all) => (i === 0 ? [] : [write(all[i - 1], to)])),
    )
    .join('');
}

export const make: Tool = {
  ...files,
  name: 'make',
  limit: 10_000,
  find: () => findVersion('make', 'apt-get install make'),
  prepare(folder, stages) {
    writeSources(folder, stages);
    const goals = chainsOf(stages).map((chain) => filesOf(chain).at(-1));
    const rules = edges(stages, (from, to) => `${to}: ${from}\n\tcp $< $@\n`);
    writeFileSync(join(folder, 'Makefile'), `all: ${goals.join(' ')}\n.PHONY: all\n${rules}`);
  },
  command: { file: 'make', args: ['-j', JOBS] },
  ran: (output) => output.match(/^cp /gm)?.length ?? 0,
};

export const ninja: Tool = {
  ...files,
  name: 'ninja',
  limit: 10_000,
  find: () => findVersion('ninja', 'apt-get install ninja-build'),
  prepare(folder, stages) {
    writeSources(folder, stages);
    const rules = edges(stages, (from, to) => `build ${to}: copy ${from}\n`);
    writeFileSync(join(folder, 'build.ninja'), `rule copy\n  command = cp $in $out\n${rules}`);
  },
  command: { file: 'ninja', args: ['-j', JOBS] },
  ran: (output) =>
    output.includes('no work to do') ? 0 : Number(/\[\d+\/(\d+)\][^[]*$/.exec(output)?.[1]),
};

export const snakemake: Tool = {
  ...files,
  name: 'Snakemake',
  // Ten thousand take minutes at every start, and hours to make.
  limit: 1_000,
  find: () => findVersion('snakemake', 'apt-get install snakemake'),
  prepare(folder, stages) {
    writeSources(folder, stages);
    const goals = chainsOf(stages).map((chain) => `'${filesOf(chain).at(-1)}'`);
    const rules = edges(
      stages,
      (from, to) =>
        `rule:\n  input: '${from}'\n  output: '${to}'\n  shell: 'cp {input} {output}'\n`,
    );
    writeFileSync(join(folder, 'Snakefile'), `rule all:\n  input: ${goals.join(', ')}\n${rules}`);
  },
  command: { file: 'snakemake', args: ['--cores', JOBS] },
  ran(output) {
    if (/Nothing to be done/.test(output)) return 0;
    const done = [...output.matchAll(/^(\d+) of \d+ steps \(\d+%\) done/gm)].at(-1)?.[1];
    // The rule `all` counts as a step.
    return Number(done) - 1;
  },
};
