import { list, utf8 } from '../../tables/column.ts';
import { readTable } from '../../tables/read.ts';
import { writeTable } from '../../tables/write.ts';
import type { ModelConfiguration } from './configuration.ts';
import { modelParameters } from './model.ts';
import type { Parameters } from './parameters.ts';

/** A trained model as it is stored. */
interface StoredModel {
  readonly model: ModelConfiguration;
  readonly parameters: Parameters;
  readonly steps: number;
}

/** Writes a table of one row per parameter tensor; the configuration is in its metadata. */
export function writeModel(path: string, { model, parameters, steps }: StoredModel): void {
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
 * @throws Error if the parameters are not those of the configuration
 */
export function readModel(path: string): StoredModel {
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
    const wanted = shape.join(' x ');
    const stored = parameters[name]?.shape.join(' x ') ?? 'missing';
    if (stored !== wanted) {
      throw new Error(
        `${path}: parameter '${name}' must be ${wanted} but is ${stored}: train the model again`,
      );
    }
  }
  return { model, parameters, steps: Number(table.note('steps')) };
}
