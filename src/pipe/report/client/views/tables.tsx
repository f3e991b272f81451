import { useEffect, useState } from 'preact/hooks';
import type { TableContent, TableEntry } from '../../pages/tables.ts';
import { useHash, useLoaded } from '../state.ts';
import { readArrow } from '../table/arrow.ts';
import { DataTable } from '../table/data-table.tsx';
import { Pending } from './pending.tsx';

/** The tables of a report; the address names the one that is shown. */
export function TablesView() {
  const list = useLoaded<readonly TableEntry[]>('list');
  const [hash, setHash] = useHash();
  if (list.state !== 'loaded') return <Pending of={list} />;
  const entries = list.value;
  const { shown, search } = wanted(entries, hash);
  const { content } = shown;
  return (
    <>
      <p>
        <label>
          Table{' '}
          <select value={shown.name} onChange={(event) => setHash(event.currentTarget.value)}>
            {entries.map((entry) => (
              <option key={entry.name} value={entry.name}>
                {entry.name} ({rowsText(entry.content)})
              </option>
            ))}
          </select>
        </label>{' '}
        <span class="muted">
          {shown.instances} {shown.instances === 1 ? 'instance' : 'instances'}
        </span>
      </p>
      {'why' in content ? (
        <p>
          {content.why}.
          {content.isReadable && (
            <>
              {' '}
              Print it with <code>npx pipe show {shown.name}</code>.
            </>
          )}
        </p>
      ) : (
        <>
          {content.total !== undefined && (
            <p>
              The first {content.count.toLocaleString('en')} of {content.total.toLocaleString('en')}{' '}
              rows
              {shown.instances > 1 && ', as many of each instance'}. Print all with{' '}
              <code>npx pipe show {shown.name}</code>.
            </p>
          )}
          <ArrowTable key={hash} name={shown.name} data={content.data} search={search} />
        </>
      )}
    </>
  );
}

/** The table that the address names, and what is searched for in it: `#evaluate/metrics?game=set kl>1`. */
function wanted(entries: readonly TableEntry[], hash: string) {
  const named = (name: string) => entries.find((entry) => entry.name === name);
  const whole = named(hash);
  if (whole !== undefined) return { shown: whole, search: '' };
  const [name, ...search] = hash.split('?');
  const shown = named(name);
  return shown === undefined
    ? { shown: entries[0], search: '' }
    : { shown, search: search.join('?') };
}

function rowsText(content: TableContent): string {
  if ('why' in content) return 'not included';
  const { count, total } = content;
  if (total !== undefined) return `${count} of ${total} rows`;
  return `${count} ${count === 1 ? 'row' : 'rows'}`;
}

interface ArrowTableProps {
  readonly name: string;
  readonly data: string;
  readonly search: string;
}

function ArrowTable({ name, data, search }: ArrowTableProps) {
  const bytes = useLoaded<Uint8Array>(data);
  const [table, setTable] = useState<ReturnType<typeof readArrow>>();
  useEffect(() => {
    if (bytes.state === 'loaded') setTable(readArrow(bytes.value));
  }, [bytes]);
  if (bytes.state !== 'loaded') return <Pending of={bytes} />;
  if (table === undefined) return null;
  return <DataTable name={name} table={table} arrow={bytes.value} search={search} />;
}
