import type { Checker } from '../core/diagnostic.ts';
import { suggest } from '../core/suggest.ts';
import type { Command, StageDescription } from './graph.ts';
import type { MergedStage } from './merge.ts';
import type { ResolvedStage } from './resolve.ts';
import { type Template, templatesOf } from './templates.ts';

/** Keys that only a command has. */
const OWN_KEYS = ['code', 'tools', 'schema', 'outputs', 'metrics'] as const;

/** Reports keys of commands in other stages, and the key of others in commands. */
export function checkCommandKeys(
  check: Checker,
  { name, command, declarations }: MergedStage,
): void {
  for (const declared of declarations) {
    const { place } = declared;
    if (command !== undefined && declared.use !== undefined) {
      const message = `stage '${name}' has both a command and a stage file`;
      check.report(place.at('use').key, message, 'remove use, or remove command');
    }
    for (const key of command === undefined ? OWN_KEYS : []) {
      if (declared[key] === undefined) continue;
      const message = `stage '${name}' has ${key}, which only a command has`;
      const hint = `add command: [...], or declare it in stages/${name}.ts`;
      check.report(place.at(key).key, message, hint);
    }
  }
  const metrics = command?.metrics;
  const files = declarations.findLast((one) => one.metrics !== undefined);
  if (
    metrics !== undefined &&
    command?.outputs[metrics] !== files?.metrics &&
    files !== undefined
  ) {
    const message = `stage '${name}' has an output '${metrics}' that is not the file of its metrics`;
    check.report(files.place.at('metrics').range, message, `rename the output '${metrics}'`);
  }
}

/** Reports templates that nothing fills in. */
export function checkTemplates(
  check: Checker,
  stage: ResolvedStage,
  command: Command,
  { inputs, outputs, paramKeys }: StageDescription,
): void {
  const declared = stage.declarations.findLast((one) => one.command !== undefined);
  if (declared === undefined) return;
  const place = declared.place.at('command');
  const names = {
    inputs: [...Object.keys(inputs)],
    outputs: Object.keys(outputs),
    params: [...new Set(stage.layers.flatMap(({ params }) => Object.keys(params.value)))],
  };
  for (const [i, word] of command.argv.entries()) {
    const parts = templatesOf(word);
    for (const template of parts) {
      const problem = problemWith(template);
      if (problem === undefined) continue;
      const message = `the command of '${stage.name}' has {${template.text}}, but ${problem.message}`;
      check.report(place.at(i).range, message, problem.hint);
    }
    const many = parts.find((one) => one.kind === 'inputs' && inputs[one.name] === 'many');
    if (many === undefined || word === `{${many.text}}`) continue;
    const message = `{${many.text}} stands for several files, so it cannot be a part of an argument`;
    check.report(
      place.at(i).range,
      message,
      `write it as an argument of its own: '{${many.text}}'`,
    );
  }

  function problemWith({ kind, name, path }: Template) {
    if (kind === 'checkpoint') return undefined;
    if (kind === 'axis') {
      if (paramKeys.includes(name)) return undefined;
      const known = [...paramKeys, 'checkpoint', 'inputs.', 'outputs.', 'params.'];
      const message = `the stage has no axis '${name}'`;
      return {
        message,
        hint: `${suggest(name, known, 'templates')}; {{${name}}} is the text itself`,
      };
    }
    const known = kind === 'params' ? [...names.params, ...paramKeys] : names[kind];
    // Params of a schema may have defaults.
    const isOpen = kind === 'params' && (command.schema !== undefined || path.length > 0);
    if (known.includes(name) || isOpen) return undefined;
    const what = kind.slice(0, -1);
    const hint = suggest(name, known, `its ${kind}`);
    return { message: `the stage has no ${what} '${name}'`, hint };
  }
}
