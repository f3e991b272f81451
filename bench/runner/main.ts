/**
 * What a run costs with nothing to do, after the source of one chain changed, and from nothing: this
 * runner and others, on the same graphs of trivial stages in chains of ten. A tool that is not installed
 * is left out, and said so; so is one at a size where a start takes minutes.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { commands } from './commands.ts';
import { measureHashing } from './hashing.ts';
import { make, ninja, snakemake } from './make.ts';
import { npmTools } from './npm-tools.ts';
import { declared, matrix, node, peakMemory } from './shatter.ts';
import { CHAIN, type Scenario, type Tool, time } from './tool.ts';

const SCENARIOS: readonly Scenario[] = ['noop', 'one-leaf', 'one-param', 'full'];

const USAGE = `usage: npm run bench:runner -- [<stages>...] [--tools=<names>] [--scenarios=<names>] [--json]

examples:
  npm run bench:runner                              100, 1,000 and 10,000 stages; every tool
  npm run bench:runner -- 1000 --tools=pipe,make    other sizes and tools
  npm run bench:runner -- --scenarios=noop --json   one JSON object per line
  npm run bench:runner -- hashing                   bytes hashed per second, and the memory it takes

scenarios: ${SCENARIOS.join(', ')}`;

const { values, positionals } = readArguments();
const isJson = values.json === true;
const scenarios = values.scenarios?.split(',') ?? SCENARIOS;
const sizes = positionals.filter((argument) => argument !== 'hashing').map(Number);

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'shatter-bench-')));
try {
  if (positionals.includes('hashing')) await measureHashing(folder, isJson);
  else measureRunners();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Ends the process after printing the usage, if that is asked for or an argument is wrong. */
function readArguments() {
  try {
    const parsed = parseArgs({
      allowPositionals: true,
      options: {
        tools: { type: 'string' },
        scenarios: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (parsed.values.help === true) {
      console.log(USAGE);
      process.exit();
    }
    const wrong = parsed.positionals.find((argument) => !/^([1-9]\d*|hashing)$/.test(argument));
    if (wrong !== undefined) throw new Error(`'${wrong}' is not a number of stages`);
    return parsed;
  } catch (error) {
    console.error(`error: ${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
}

function measureRunners(): void {
  const npm = join(folder, 'npm');
  mkdirSync(npm);
  const all = [node, declared, matrix, commands, make, ninja, ...npmTools(npm), snakemake];
  const wanted = values.tools?.split(',') ?? all.map(({ name }) => name);
  const tools = all.filter(({ name }) => wanted.includes(name)).filter(isThere);
  for (const stages of sizes.length > 0 ? sizes : [100, 1_000, 10_000]) {
    if (!isJson) {
      console.log(
        `\n${stages} stages${' '.repeat(24 - String(stages).length)}seconds     cpu   peak MB`,
      );
    }
    for (const tool of tools) {
      if (stages <= tool.limit) measure(tool, stages);
      else note(`${tool.name} is left out at ${stages} stages: it takes minutes`);
    }
  }
}

function isThere(tool: Tool): boolean {
  const found = tool.find();
  if ('absent' in found) note(`${tool.name} is skipped: ${found.absent}`);
  else note(`${tool.name} ${found.version}`);
  return 'version' in found;
}

function measure(tool: Tool, stages: number): void {
  let home = '';
  let edits = 0;
  for (const scenario of ['full', 'noop', 'one-leaf', 'one-param'] as const) {
    if (scenario !== 'full' && !scenarios.includes(scenario)) continue;
    if (tool === node && scenario !== 'noop') continue;
    if (scenario === 'one-param' && tool.declare === undefined) continue;
    const expected = { full: stages, noop: 0, 'one-leaf': CHAIN, 'one-param': CHAIN }[scenario];
    const seconds: number[] = [];
    const cpuSeconds: number[] = [];
    for (let round = 0; round < roundsOf(scenario, stages); round += 1) {
      if (scenario === 'full') {
        // A new one each time: some file systems are slow at making files where others were just removed.
        home = mkdtempSync(join(folder, 'project-'));
        tool.prepare(home, stages);
      }
      edits += 1;
      if (scenario === 'one-leaf') tool.edit(home, `edit ${edits}`);
      if (scenario === 'one-param') tool.declare?.(home, edits);
      const timed = time(tool.command, home);
      const ran = tool.ran(timed.output);
      // A tool that did something else is not being compared.
      if (ran !== expected) {
        throw new Error(
          `${tool.name} ran ${ran} stages, not ${expected}:\n${timed.output.slice(-500)}`,
        );
      }
      seconds.push(timed.seconds);
      cpuSeconds.push(timed.cpuSeconds);
    }
    const memory = scenario === 'noop' ? peakMemory(tool, home) : undefined;
    if (!scenarios.includes(scenario)) continue;
    report({
      tool: tool.name,
      stages,
      scenario,
      // The least: what else the machine does only adds to it.
      seconds: Math.min(...seconds),
      cpuSeconds: Math.min(...cpuSeconds),
      memoryMB: memory,
    });
  }
}

function roundsOf(scenario: Scenario, stages: number): number {
  if (scenario === 'full') return !scenarios.includes('full') || stages > 1_000 ? 1 : 3;
  return scenario === 'noop' ? 11 : 5;
}

interface Figures {
  readonly tool: string;
  readonly stages: number;
  readonly scenario: Scenario;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly memoryMB: number | undefined;
}

function report(figures: Figures): void {
  if (isJson) {
    console.log(JSON.stringify(figures));
    return;
  }
  const { tool, stages, scenario, seconds, cpuSeconds, memoryMB } = figures;
  const perStage = (spent: number) => `${((spent / stages) * 1000).toFixed(1)} ms each`;
  const each = scenario === 'full' ? `${perStage(seconds)}, ${perStage(cpuSeconds)} of cpu` : '';
  const cells = [
    seconds.toFixed(3).padStart(7),
    cpuSeconds.toFixed(2).padStart(7),
    String(memoryMB ?? '').padStart(9),
    each,
  ];
  console.log(`${tool.padEnd(16)} ${scenario.padEnd(14)} ${cells.join(' ').trimEnd()}`);
}

/** What is not a figure goes beside the figures. */
function note(line: string): void {
  console.error(line);
}
