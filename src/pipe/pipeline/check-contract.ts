import type { Checker } from '../core/diagnostic.ts';
import { suggest } from '../core/suggest.ts';
import type { StageDescription } from './graph.ts';
import { NAME } from './names.ts';
import { outputName } from './output-files.ts';
import type { ResolvedStage } from './resolve.ts';
import type { InputSpec } from './spec.ts';

const MAX_INSTANCES = 200_000;
/** Bytes in one part of a path; file systems allow 255. */
const MAX_FOLDER_NAME = 240;
/** A slash at its end makes it a folder. */
const FILE = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}\/?$/;

const TABLE = /[.](arrow|csv|jsonl)$/;

/** Compares a stage's inputs, and the outputs they name, with the contracts. */
export function checkInputs(
  check: Checker,
  stage: ResolvedStage,
  describe: (stage: string) => StageDescription,
): void {
  const contract = describe(stage.name).inputs;
  for (const input of [...stage.inputs, ...stage.raw]) {
    if (!Object.hasOwn(contract, input.name)) {
      const message = `stage '${stage.name}' has no input '${input.name}'`;
      check.report(
        input.place.key,
        message,
        suggest(input.name, Object.keys(contract), 'its inputs'),
      );
    }
    if (!('stage' in input)) continue;
    const outputs = describe(input.stage).outputs;
    if (!Object.hasOwn(outputs, input.output)) {
      const message = `stage '${input.stage}' has no output '${input.output}'`;
      const hint = suggest(input.output, Object.keys(outputs), 'its outputs');
      check.report(input.place.range, message, hint);
    }
  }
  const bound = new Set([...stage.inputs, ...stage.raw].map(({ name }) => name));
  for (const name of Object.keys(contract).filter((key) => !bound.has(key))) {
    const message = `stage '${stage.name}' needs an input '${name}'`;
    check.report(
      stage.place.key,
      message,
      `add inputs: { ${name}: <stage>/<output> } to it, or { ${name}: { files: ... } }`,
    );
  }
}

/** Outputs become files in the instance's folder: plain names that differ in more than case. */
export function checkOutputs(
  check: Checker,
  stage: ResolvedStage,
  { outputs }: StageDescription,
): void {
  const owner =
    stage.command === undefined ? `stages/${stage.module.value}.ts` : `stage '${stage.name}'`;
  const seen = new Map<string, string>();
  for (const [name, file] of Object.entries(outputs)) {
    if (!NAME.test(name) || typeof file !== 'string' || !FILE.test(file)) {
      const message = `output '${name}' of ${owner} has the invalid file name '${file}'`;
      const hint =
        'use only letters, digits and _ . -, and a slash at the end for a folder; no leading dot; at most 100 characters';
      check.report(stage.place.key, message, hint);
    }
    const place = outputName(String(file)).toLowerCase();
    const twin = seen.get(place);
    if (twin !== undefined) {
      const message = `outputs '${twin}' and '${name}' of ${owner} are the same file`;
      check.report(stage.place.key, message, 'rename one of the files');
    }
    seen.set(place, name);
  }
}

/** The output that has the values of an axis must be there, and be a table. */
export function checkSources(
  check: Checker,
  { axes }: ResolvedStage,
  describe: (stage: string) => StageDescription,
): void {
  for (const { source } of axes) {
    if (source === undefined) continue;
    const { stage, output, place } = source;
    const { outputs } = describe(stage);
    if (!Object.hasOwn(outputs, output)) {
      const message = `stage '${stage}' has no output '${output}'`;
      check.report(place.range, message, suggest(output, Object.keys(outputs), 'its outputs'));
    } else if (!TABLE.test(outputs[output])) {
      const message = `the values of an axis cannot be read from ${outputs[output]}`;
      check.report(place.range, message, 'make it a table: .arrow, .csv or .jsonl');
    }
  }
}

export function checkSize(check: Checker, stage: ResolvedStage, size: number): void {
  if (size > MAX_INSTANCES) {
    const message = `stage '${stage.name}' would have ${size} instances; the limit is ${MAX_INSTANCES}`;
    check.report(stage.place.key, message, 'remove values or axes from its matrix');
  }
  const longest = stage.axes.map(({ points }) =>
    points.reduce((max, { folder }) => Math.max(max, folder.length), 0),
  );
  // Commas join the axes.
  if (longest.reduce((sum, length) => sum + length + 1, -1) > MAX_FOLDER_NAME) {
    const message = `the folder names of stage '${stage.name}' would exceed ${MAX_FOLDER_NAME} characters`;
    check.report(stage.place.key, message, 'shorten the names or the values of its axes');
  }
}

export function checkArity(
  check: Checker,
  stage: ResolvedStage,
  input: InputSpec,
  arity: string,
  sources: number,
): void {
  // None: it gathers over an axis whose values are not known, or that has none.
  if (arity !== 'one' || sources <= 1) return;
  const message = `input '${input.name}' of stage '${stage.name}' takes one artifact, but each instance matches ${sources} instances of '${input.stage}'`;
  check.report(
    input.place.range,
    message,
    `add the missing axes of '${input.stage}' to the matrix, or gather with 'many'`,
  );
}
