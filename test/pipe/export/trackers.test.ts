import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { crc32c } from '../../../src/pipe/export/tfrecord.ts';
import { PipeProject, stage } from '../cli/pipe.ts';
import { pythonWith } from './python.ts';

const project = new PipeProject({
  'pipeline.yaml': `axes: { seed: [1, 2] }
stages:
  train: { matrix: [seed], params: { encoder: { layers: 2 }, note: "a | b" } }
  plot: { matrix: [], inputs: { all: train/out } }
`,
  'stages/train.ts': stage(
    `progress({ done: 1, total: 2, unit: 'step', values: { loss: 2 } });
     await new Promise((resolve) => setTimeout(resolve, 150));
     progress({ done: 2, total: 2, unit: 'step', values: { loss: 0.5, 'odd/../name': 1 } });
     writeFileSync(outputs.out, 'weights');`,
    { params: ['encoder', 'note', 'seed'] },
  ).replace('async run', 'headline: () => ({ kl: { value: 0.25, within: 0.1 } }), async run'),
  'stages/plot.ts': stage(`writeFileSync(outputs.out, 'plot');`, { inputs: `{ all: 'many' }` }),
});
const folder = (name: string) => join(project.root, name);

beforeAll(() => {
  expect(project.pipe('run')).toMatchObject({ status: 0 });
}, 120_000);
afterAll(() => project.remove());

function python(path: string, code: string): unknown {
  const env = { MLFLOW_ALLOW_FILE_STORE: 'true' };
  const { stdout } = execaSync(path, ['-c', code], { env, stderr: 'ignore' });
  return JSON.parse(stdout);
}

test('the checksum of a record is CRC-32C', () => {
  // RFC 3720, B.4.
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
});

test("TensorBoard's own reader finds curves, headline metrics and digests, and shows params beside metrics", ({
  skip,
}) => {
  expect(project.pipe('export', '--format', 'tensorboard', '-o', 'logs')).toMatchObject({
    status: 0,
  });
  expect(readdirSync(folder('logs')).sort()).toEqual(['plot', 'train']);
  const path = pythonWith('tensorboard');
  if (path === undefined) return skip('no Python with tensorboard');
  const found = python(
    path,
    `import json
from tensorboard.backend.event_processing.data_provider import MultiplexerDataProvider
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
from tensorboard.plugins.base_plugin import TBContext
from tensorboard.plugins.hparams.hparams_plugin import HParamsPlugin
from werkzeug.test import Client
events = EventAccumulator(${JSON.stringify(folder('logs/train/seed=2'))}, {'scalars': 0, 'tensors': 0})
events.Reload()
runs = EventMultiplexer()
runs.AddRunsFromDirectory(${JSON.stringify(folder('logs'))})
runs.Reload()
apps = HParamsPlugin(TBContext(data_provider=MultiplexerDataProvider(runs, 'logs'))).get_plugin_apps()
ask = lambda path, question: json.loads(Client(apps[path]).post('/', json=question).get_data())
columns = [{'hparam': info['name'], 'includeInResult': True} for info in ask('/experiment', {})['hparamInfos']]
table = ask('/session_groups', {
  'startIndex': 0, 'sliceSize': 10, 'aggregationType': 'AGGREGATION_AVG',
  'allowedStatuses': ['STATUS_SUCCESS'], 'colParams': columns})['sessionGroups']
metrics = lambda group: {m['name']['tag']: m['value'] for m in group['metricValues']}
text = lambda tag: events.Tensors(tag)[0].tensor_proto.string_val[0].decode()
print(json.dumps({
  'loss': [[e.step, e.value] for e in events.Scalars('loss')],
  'kl': [[e.step, e.value] for e in events.Scalars('headline/kl')],
  'params': text('params/text_summary'), 'provenance': text('provenance/text_summary'),
  'table': sorted([g['name'], g['hparams'], metrics(g)] for g in table if g['name'] != 'plot'),
}))`,
  );
  expect(found).toEqual({
    loss: [
      [1, 2],
      [2, 0.5],
    ],
    kl: [[2, 0.25]],
    params:
      '| name | value |\n| --- | --- |\n| encoder.layers | 2 |\n| note | a \\| b |\n| seed | 2 |',
    provenance: expect.stringMatching(
      /\| artifacts\/train\/seed=2\/out.txt \| sha256 [0-9a-f]{64} \|$/,
    ),
    table: [1, 2].map((seed) => [
      `train[seed=${seed}]`,
      { 'encoder.layers': 2, note: 'a | b', seed },
      expect.objectContaining({ loss: 0.5, 'headline/kl': 0.25 }),
    ]),
  });
}, 300_000);

test("MLflow's own store finds an experiment with a run for each instance", ({ skip }) => {
  expect(project.pipe('export', '--format', 'mlflow', '-o', 'mlruns')).toMatchObject({ status: 0 });
  const path = pythonWith('mlflow-skinny');
  if (path === undefined) return skip('no Python with mlflow');
  const found = python(
    path,
    `import json
from mlflow.store.tracking.file_store import FileStore
store = FileStore(${JSON.stringify(folder('mlruns'))})
experiments = store.search_experiments()
runs = {run.info.run_name: run for run in store.search_runs([e.experiment_id for e in experiments], '', 1)}
run = store.get_run(runs['train[seed=2]'].info.run_id)
history = store.get_metric_history(run.info.run_id, 'loss')
print(json.dumps({
  'experiments': len(experiments), 'runs': sorted(runs), 'status': run.info.status,
  'params': run.data.params, 'metrics': run.data.metrics, 'tags': sorted(run.data.tags),
  'loss': [[m.step, m.value] for m in history],
}))`,
  );
  expect(found).toEqual({
    experiments: 1,
    runs: ['plot', 'train[seed=1]', 'train[seed=2]'],
    status: 'FINISHED',
    params: { 'encoder.layers': '2', note: 'a | b', seed: '2' },
    metrics: { loss: 0.5, 'headline.kl': 0.25, 'odd_.._name': 1 },
    tags: expect.arrayContaining([
      'artifact.artifacts_train_seed_2_out.txt',
      'pipe.key',
      'pipe.run',
    ]),
    loss: [
      [1, 2],
      [2, 0.5],
    ],
  });
}, 300_000);

test('what is there already is left alone', () => {
  project.write('taken/file.txt', 'mine');
  const { stderr, status } = project.pipe('export', '--format', 'mlflow', '-o', 'taken');
  expect(stderr).toContain('is there already');
  expect(status).toBe(2);
  expect(readFileSync(folder('taken/file.txt'), 'utf8')).toBe('mine');
  expect(existsSync(folder('taken/meta.yaml'))).toBe(false);
});
