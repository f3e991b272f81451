import { DataTable } from '../../report/client/table/data-table.tsx';
import { type Cell, tableOf } from '../../report/client/table/table.ts';
import { byInterest, type InstanceState, type RunState } from './run-state.ts';

/** All instances that something happened to. */
export function InstanceTable({ state }: { readonly state: RunState }) {
  const instances = byInterest(state);
  const column = (name: string, pick: (instance: InstanceState) => Cell | undefined) => ({
    name,
    values: instances.map((instance) => pick(instance) ?? null),
  });
  const table = tableOf({
    columns: [
      column('instance', ({ id }) => id),
      column('stage', ({ stage }) => stage),
      column('state', (instance) => instance.state),
      column('progress', ({ done, total, unit }) =>
        done === undefined ? undefined : `${unit} ${done}/${total}`,
      ),
      column('seconds', ({ seconds }) => seconds && Number(seconds.toPrecision(3))),
      column('attempt', ({ attempt }) => attempt),
      column('message', ({ message }) => message),
    ],
  });
  return (
    <DataTable
      name="instances"
      table={table}
      cell={(name, row, text) =>
        name === 'instance' ? (
          <a href={`#${encodeURIComponent(instances[row].id)}`}>{text}</a>
        ) : undefined
      }
    />
  );
}
