import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeCommand, ranOf } from './shatter.ts';
import { chainsOf, stepsOf, type Tool } from './tool.ts';

/** The same graph as that of make: chains of ten `cp`, the first of which reads a file of the project. */
export const commands: Tool = {
  name: 'pipe (cp)',
  limit: 1_000,
  find: () => ({ version: 'this working tree, command stages and raw inputs' }),
  command: pipeCommand,
  prepare(folder, stages) {
    mkdirSync(join(folder, 'in'));
    const chains = chainsOf(stages);
    for (const chain of chains) writeFileSync(join(folder, `in/${chain}`), String(chain));
    const lines = stepsOf().map((step) => {
      const from = step === 0 ? "{ files: 'in/{chain}' }" : `s${step - 1}/out`;
      // Without the param, a copy of a copy would be the same work.
      return `  s${step}: { matrix: [chain], command: [cp, '{inputs.from}', '{outputs.out}'], params: { step: ${step} }, inputs: { from: ${from} }, outputs: { out: out.txt } }`;
    });
    const axes = `axes: { chain: { from: 0, to: ${chains.length - 1} } }`;
    writeFileSync(join(folder, 'pipeline.yaml'), `${axes}\nstages:\n${lines.join('\n')}\n`);
  },
  edit(folder, text) {
    writeFileSync(join(folder, 'in/0'), text);
  },
  ran: ranOf,
};
