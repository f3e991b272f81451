import { digestText } from '../core/digest.ts';
import type { RunRecord } from '../runs/record.ts';
import type { TrackedInstance } from './tracked.ts';

/** Of MLflow's `RunStatus` and `SourceType`. */
const FINISHED = 3;
const LOCAL = 4;

/** Characters of a value that MLflow takes. */
const LONGEST = 6000;

/**
 * A file store of MLflow: an experiment for project and profile, and a run for each instance.
 * @param project its name
 */
export function mlflowFiles(
  tracked: readonly TrackedInstance[],
  run: RunRecord,
  project: string,
): ReadonlyMap<string, string> {
  const name = `${project}/${run.profile}`;
  // Digits, as MLflow's own: the same for every run of the profile.
  const experiment = BigInt(`0x${digestText(name).slice(0, 14)}`)
    .toString()
    .padStart(18, '1');
  const begin = Math.round(Math.min(...tracked.map(({ started }) => started)));
  const files = new Map<string, string>([
    [
      `${experiment}/meta.yaml`,
      yaml({
        artifact_location: `mlflow-artifacts:/${experiment}`,
        creation_time: begin,
        experiment_id: experiment,
        last_update_time: begin,
        lifecycle_stage: 'active',
        name,
      }),
    ],
  ]);
  for (const instance of tracked) {
    const id = digestText(`${run.id} ${instance.id}`).slice(0, 32);
    for (const [path, text] of runFiles(instance, run, experiment, id)) {
      files.set(`${experiment}/${id}/${path}`, text);
    }
  }
  return files;
}

function* runFiles(
  instance: TrackedInstance,
  { id: run, commit, machine }: RunRecord,
  experiment: string,
  id: string,
): Generator<readonly [path: string, text: string]> {
  const { params, metrics, curve, artifacts, key, started, finished } = instance;
  yield [
    'meta.yaml',
    yaml({
      artifact_uri: `mlflow-artifacts:/${experiment}/${id}/artifacts`,
      end_time: Math.round(finished),
      entry_point_name: '',
      experiment_id: experiment,
      lifecycle_stage: 'active',
      run_id: id,
      run_name: instance.id,
      run_uuid: id,
      source_name: '',
      source_type: LOCAL,
      source_version: '',
      start_time: Math.round(started),
      status: FINISHED,
      tags: [],
      user_id: '',
    }),
  ];
  // A run is one only with all of its folders.
  for (const folder of ['artifacts', 'metrics', 'params', 'tags']) yield [`${folder}/`, ''];
  for (const [name, value] of Object.entries(params)) {
    yield [`params/${fileName(name)}`, String(value).slice(0, LONGEST)];
  }
  for (const [name, values] of Object.entries(curve?.values ?? {})) {
    const lines = values.flatMap((value, i) =>
      value === null
        ? []
        : [`${Math.round(curve?.times[i] ?? 0)} ${value} ${curve?.steps[i] ?? 0}\n`],
    );
    yield [`metrics/${fileName(name)}`, lines.join('')];
  }
  for (const [name, value] of Object.entries(metrics)) {
    // A curve may have the name of a headline metric.
    yield [`metrics/headline.${fileName(name)}`, `${Math.round(finished)} ${value} 0\n`];
  }
  const tags: Record<string, string> = {
    'mlflow.runName': instance.id,
    'mlflow.user': '',
    'pipe.run': run,
    'pipe.key': key,
    'pipe.host': machine.host,
    ...(commit === undefined ? {} : { 'mlflow.source.git.commit': commit }),
    ...Object.fromEntries(
      artifacts.map(({ path, digest }) => [`artifact.${fileName(path)}`, `sha256:${digest}`]),
    ),
  };
  for (const [name, value] of Object.entries(tags)) yield [`tags/${fileName(name)}`, value];
}

/** MLflow takes no other characters in names, and would make folders of slashes. */
function fileName(name: string): string {
  return name
    .replace(/[^\w.\- ]/g, '_')
    .replace(/^\.+/, '_')
    .slice(0, 200);
}

/** JSON is YAML. */
function yaml(content: Readonly<Record<string, unknown>>): string {
  return Object.entries(content)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join('');
}
