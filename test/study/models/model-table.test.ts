import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ModelConfiguration } from '../../../src/study/models/configuration.ts';
import { modelParameters } from '../../../src/study/models/model.ts';
import { readModel, writeModel } from '../../../src/study/models/model-table.ts';
import { initialise } from '../../../src/study/models/parameters.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'model-table-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const model: ModelConfiguration = {
  model: 'contrastive',
  dim: 4,
  keys: 9,
  values: 3,
  layout: { kind: 'pairs', pairs: 2 },
  encoder: { layers: 1, width: 8, heads: 2, feedForward: 16, pooling: 'mean' },
  keyScale: 5,
};

test('a model is read back as it was written, every number of it', () => {
  const path = join(folder, 'model.arrow');
  const parameters = initialise(modelParameters(model), 7);
  writeModel(path, { model, parameters, steps: 1234 });
  const read = readModel(path);
  expect(read.model).toEqual(model);
  expect(read.steps).toBe(1234);
  expect(Object.keys(read.parameters)).toEqual(Object.keys(parameters));
  for (const [name, { shape, values }] of Object.entries(parameters)) {
    expect(read.parameters[name].shape).toEqual(shape);
    expect(Array.from(read.parameters[name].values)).toEqual(Array.from(values));
  }
});

test('parameters of another shape than the configuration has are refused by name', () => {
  const path = join(folder, 'wider.arrow');
  const parameters = initialise(modelParameters({ ...model, dim: 5 }), 7);
  writeModel(path, { model, parameters, steps: 1 });
  const wanted = modelParameters(model);
  const [name] = Object.keys(wanted).filter(
    (one) => wanted[one].shape.join() !== parameters[one].shape.join(),
  );
  const [own, other] = [wanted[name].shape, parameters[name].shape].map((s) => s.join(' x '));
  expect(() => readModel(path)).toThrow(
    `parameter '${name}' must be ${own} but is ${other}: train the model again`,
  );
});

test('a model that lacks a parameter is refused', () => {
  const path = join(folder, 'incomplete.arrow');
  const { [Object.keys(modelParameters(model))[0]]: _, ...parameters } = initialise(
    modelParameters(model),
    7,
  );
  writeModel(path, { model, parameters, steps: 1 });
  expect(() => readModel(path)).toThrow(/but is missing: train the model again/);
});
