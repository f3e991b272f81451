import { list, utf8 } from '../../tables/column.ts';
import { readTable } from '../../tables/read.ts';
import { writeTable } from '../../tables/write.ts';
import type { ModelConfiguration } from './configuration.ts';
import { modelParameters } from './model.ts';
import type { Parameters } from './parameters.ts';

/** A trained model as it is kept: what it is, its parameters, how long it was trained. */
export interface ModelFile {
  readonly model: ModelConfiguration;
  readonly parameters: Parameters;
  readonly steps: number;
}

/** Writes a table of one row per parameter tensor; the configuration is in its metadata. */
export function writeModel(path: string, { model, parameters, steps }: ModelFile): void {
  const entries = Object.entries(parameters);
  writeTable(path, {
    metadata: { configuration: JSON.stringify(model), steps: String(steps) },
    columns: {
      name: utf8(entries.map(([name]) => name)),
      shape: list(
        'int32',
        entries.map(([, { shape }]) => shape),
      ),
      values: list(
        'float32',
        entries.map(([, { values }]) => values),
      ),
    },
  });
}

/**
 * Reads what `writeModel` wrote.
 * @throws if the parameters are not those of the configuration
 */
export function readModel(path: string): ModelFile {
  const table = readTable(path, 'train');
  const model: ModelConfiguration = JSON.parse(table.note('configuration'));
  const shapes = table.lists('shape', 'int32');
  const values = table.lists('values', 'float32');
  const parameters = Object.fromEntries(
    table
      .utf8('name')
      .map((name, i) => [name, { shape: [...shapes[i]], values: values[i] }] as const),
  );
  for (const [name, { shape }] of Object.entries(modelParameters(model))) {
    const found = parameters[name]?.shape.join(' x ') ?? 'none';
    if (found !== shape.join(' x ')) {
      throw new Error(
        `${path}: parameter '${name}' should be ${shape.join(' x ')}, and is ${found}`,
      );
    }
  }
  return { model, parameters, steps: Number(table.note('steps')) };
}
