import { useMemo } from 'preact/hooks';
import type { InstanceEntry } from '../../pages/instances.ts';
import { useHash, useLoaded } from '../state.ts';
import { DataTable } from '../table/data-table.tsx';
import { type Cell, type Table, tableOf } from '../table/table.ts';
import { InstanceDetail } from './instance-detail.tsx';
import { Pending } from './pending.tsx';

/** All instances, and one in full: the address names it, or a stage as `stage=train`. */
export function InstancesView() {
  const loaded = useLoaded<readonly InstanceEntry[]>('instances');
  const [hash] = useHash();
  const entries = loaded.state === 'loaded' ? loaded.value : undefined;
  const stage = /^stage=(.*)$/.exec(hash)?.[1];
  const shown = useMemo(
    () => (stage === undefined ? entries : entries?.filter((entry) => entry.stage === stage)),
    [entries, stage],
  );
  const table = useMemo(() => shown && tableOfInstances(shown), [shown]);
  if (entries === undefined || shown === undefined || table === undefined) {
    return <Pending of={loaded} />;
  }
  const entry = entries.find(({ id }) => id === hash);
  if (entry !== undefined) return <InstanceDetail key={entry.id} entry={entry} />;
  return (
    <>
      {stage !== undefined && (
        <p>
          Stage <strong>{stage}</strong>. <a href="#all">Show all stages</a>
        </p>
      )}
      <DataTable
        key={stage}
        name="instances"
        table={table}
        cell={(column, row, text) =>
          column === 'instance' ? (
            <a href={`#${encodeURIComponent(shown[row].id)}`}>{text}</a>
          ) : undefined
        }
      />
    </>
  );
}

/** State, headline metrics, coordinates and time as columns. */
function tableOfInstances(entries: readonly InstanceEntry[]): Table {
  const names = (pick: (entry: InstanceEntry) => object) => [
    ...new Set(entries.flatMap((entry) => Object.keys(pick(entry)))),
  ];
  const column = (name: string, pick: (entry: InstanceEntry) => Cell | undefined) => ({
    name,
    values: entries.map((entry) => pick(entry) ?? null),
  });
  const metrics = names((entry) => entry.metrics);
  return tableOf({
    columns: [
      column('instance', ({ id }) => id),
      column('stage', (entry) => entry.stage),
      column('state', ({ state }) => state),
      ...metrics.map((name) => column(name, (entry) => entry.metrics[name]?.[0])),
      ...names(({ axes }) => axes).map((name) => column(name, ({ axes }) => axes[name])),
      column('seconds', ({ seconds }) => seconds),
      column('finished', ({ finished }) => finished?.slice(0, 19).replace('T', ' ')),
      ...(entries.some(({ reason }) => reason !== undefined)
        ? [column('reason', ({ reason }) => reason)]
        : []),
    ],
  });
}
