import { useEffect, useState } from 'preact/hooks';
import type { TableEntry } from '../../pages/tables.ts';
import { useHash, useLoaded } from '../state.ts';
import { readArrow } from '../table/arrow.ts';
import { DataTable } from '../table/data-table.tsx';
import { Pending } from './pending.tsx';

/** The tables of a report; the address names the one that is shown. */
export function TablesView() {
  const list = useLoaded<readonly TableEntry[]>('list');
  const [name, setName] = useHash();
  if (list.state !== 'loaded') return <Pending of={list} />;
  const entries = list.value;
  const shown = entries.find((entry) => entry.name === name) ?? entries[0];
  return (
    <>
      <p>
        <label>
          Table{' '}
          <select value={shown.name} onChange={(event) => setName(event.currentTarget.value)}>
            {entries.map((entry) => (
              <option key={entry.name} value={entry.name}>
                {entry.name} (
                {'why' in entry.content ? 'not included' : `${entry.content.count} rows`})
              </option>
            ))}
          </select>
        </label>{' '}
        <span class="muted">
          {shown.instances} {shown.instances === 1 ? 'instance' : 'instances'}
        </span>
      </p>
      {'why' in shown.content ? (
        <p>
          {shown.content.why}. Print it with <code>npx pipe show {shown.name}</code>.
        </p>
      ) : (
        <ArrowTable key={shown.name} name={shown.name} data={shown.content.data} />
      )}
    </>
  );
}

function ArrowTable({ name, data }: { readonly name: string; readonly data: string }) {
  const bytes = useLoaded<Uint8Array>(data);
  const [table, setTable] = useState<ReturnType<typeof readArrow>>();
  useEffect(() => {
    if (bytes.state === 'loaded') setTable(readArrow(bytes.value));
  }, [bytes]);
  if (bytes.state !== 'loaded') return <Pending of={bytes} />;
  if (table === undefined) return null;
  return <DataTable name={name} table={table} arrow={bytes.value} />;
}
