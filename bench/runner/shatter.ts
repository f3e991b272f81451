import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { currentSnapshot } from '../../src/pipe/loader/code.ts';
import { chainsOf, stepsOf, type Tool, time } from './tool.ts';

const packageRoot = currentSnapshot()?.projectRoot ?? process.cwd();
const bin = join(packageRoot, 'src/pipe/loader/pipe.mjs');

/** Its bin called directly. */
export const pipeCommand = { file: process.execPath, args: [bin, 'run'] };

/** How many stages a run says that it executed. */
export function ranOf(output: string): number {
  if (/^nothing to do/m.test(output)) return 0;
  return Number(
    /, done|: (\d+) ran|, (\d+) ran/.exec(output)?.slice(1).find(Boolean) ?? Number.NaN,
  );
}

/** This project's runner. */
const shatter = {
  limit: Number.POSITIVE_INFINITY,
  find: () => ({ version: 'this working tree' }),
  command: pipeCommand,
  edit(folder: string, text: string) {
    writeFileSync(join(folder, 'stages/source.ts'), source(text));
  },
  declare(folder: string, number: number) {
    const file = join(folder, 'pipeline.yaml');
    const text = readFileSync(file, 'utf8');
    // The params of the second chain, or the axis' first value.
    writeFileSync(file, text.replace(/(chain: (?:\[|(?=\d)))\d+/, `$1${1_000_000 + number}`));
  },
  ran: ranOf,
} satisfies Partial<Tool>;

/** Every stage written out in pipeline.yaml, as the other tools want it. */
export const declared: Tool = {
  ...shatter,
  name: 'pipe',
  prepare(folder, stages) {
    const lines = chainsOf(stages).flatMap((chain) =>
      stepsOf().map((step) => {
        const first = chain === 0 ? 'use: source' : `use: first, params: { chain: ${chain} }`;
        const next = `use: next, inputs: { from: c${chain}-s${step - 1}/out }`;
        return `  c${chain}-s${step}: { ${step === 0 ? first : next} }`;
      }),
    );
    writeProject(folder, `stages:\n${lines.join('\n')}\n`);
  },
};

/** The same graph as ten stages over one axis. */
export const matrix: Tool = {
  ...shatter,
  name: 'pipe (matrix)',
  prepare(folder, stages) {
    const [, ...others] = chainsOf(stages);
    const lines = stepsOf().flatMap((step) => {
      const single =
        step === 0 ? 'use: source' : `use: next, inputs: { from: c0-s${step - 1}/out }`;
      const many = step === 0 ? 'use: first' : `use: next, inputs: { from: s${step - 1}/out }`;
      return [
        `  c0-s${step}: { matrix: [], ${single} }`,
        `  s${step}: { matrix: [chain], ${many} }`,
      ];
    });
    writeProject(folder, `axes: { chain: [${others.join(', ')}] }\nstages:\n${lines.join('\n')}\n`);
  },
};

/** Node with nothing to run: what no tool written for it can go below. */
export const node: Tool = {
  ...declared,
  name: 'node -e 0',
  find: () => ({ version: process.version }),
  command: { file: process.execPath, args: ['-e', '0'] },
  prepare() {},
  ran: () => 0,
};

function writeProject(folder: string, pipeline: string): void {
  mkdirSync(join(folder, 'stages'), { recursive: true });
  writeFileSync(join(folder, 'pipeline.yaml'), pipeline);
  writeFileSync(join(folder, 'stages/source.ts'), source('0'));
  writeFileSync(
    join(folder, 'stages/first.ts'),
    stage('{ chain: true }', '{}', 'writeFileSync(outputs.out, String(params.chain))'),
  );
  writeFileSync(
    join(folder, 'stages/next.ts'),
    stage(
      '{}',
      "{ from: 'one' }",
      "writeFileSync(outputs.out, readFileSync(inputs.from.path, 'utf8') + '.')",
    ),
  );
}

function source(text: string): string {
  return stage('{}', '{}', `writeFileSync(outputs.out, ${JSON.stringify(text)})`);
}

/** A stage file; no schema library, so that loading one is not what is measured. */
function stage(shape: string, inputs: string, body: string): string {
  return `import { readFileSync, writeFileSync } from 'node:fs';
export default {
  params: { shape: ${shape}, safeParse: (data: unknown) => ({ success: true, data }) },
  inputs: ${inputs},
  outputs: { out: 'out.txt' },
  run({ params, inputs, outputs }: any) {
    ${body};
  },
};
`;
}

/** Megabytes that a command of this runner takes at its peak; `undefined` of another tool's. */
export function peakMemory(tool: Tool, folder: string): number | undefined {
  const { file, args } = tool.command;
  if (file !== process.execPath || tool.command.env !== undefined) return undefined;
  const probe = join(folder, 'probe.mjs');
  writeFileSync(
    probe,
    `process.on('exit', () => console.log('maxRSS', process.resourceUsage().maxRSS));\n`,
  );
  const { output } = time(
    { ...tool.command, args: ['--import', pathToFileURL(probe).href, ...args] },
    folder,
  );
  rmSync(probe);
  return Math.round(Number(/maxRSS (\d+)/.exec(output)?.[1]) / 1024);
}
