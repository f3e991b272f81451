import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
  Virtualizer,
} from '@tanstack/virtual-core';
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import { formatCsv } from '../../../core/csv.ts';
import { download } from '../download.ts';
import { rowsInOrder, type Sort } from './order.ts';
import { formatCell, recordsOf, type Table } from './table.ts';

/** Pixels; rows do not wrap, so that any row's place is known. */
const ROW_HEIGHT = 30;

interface DataTableProps {
  /** What it shows, for screen readers and names of files. */
  readonly name: string;
  readonly table: Table;
  /** The table as an Arrow file, where there is one. */
  readonly arrow?: Uint8Array;
  /** What is searched for at first. */
  readonly search?: string;
  /** What a cell shows instead of its text. */
  readonly cell?: ((column: string, row: number, text: string) => ComponentChildren) | undefined;
}

/** A table that can be searched, filtered, sorted and kept; it draws only the rows in view. */
export function DataTable({ name, table, arrow, search = '', cell }: DataTableProps) {
  const [query, setQuery] = useState(search);
  const [sort, setSort] = useState<Sort>();
  const rows = useMemo(() => rowsInOrder(table, query, sort), [table, query, sort]);
  const file = name.replaceAll(/[^\w.=,-]+/g, '-');
  const texts = () => [
    table.columns.map((column) => column.name),
    ...Array.from(rows, (row) => table.columns.map(({ values }) => values[row])),
  ];
  const shownOf = rows.length === table.count ? '' : `${rows.length} of `;
  return (
    <div class="data-table">
      <div class="tools">
        <input
          type="search"
          aria-label={`Search ${name}`}
          placeholder={`Search, or e.g. ${exampleOf(table)}`}
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
        <span role="status" class="muted">
          {shownOf}
          {table.count} {table.count === 1 ? 'row' : 'rows'}
        </span>
        <span class="downloads">
          {arrow !== undefined && (
            <button
              type="button"
              onClick={() =>
                download(
                  `${file}.arrow`,
                  new Uint8Array(arrow),
                  'application/vnd.apache.arrow.file',
                )
              }
            >
              Arrow
            </button>
          )}
          <button
            type="button"
            onClick={() => download(`${file}.csv`, `${formatCsv(texts())}\n`, 'text/csv')}
          >
            CSV
          </button>
          <button
            type="button"
            onClick={() =>
              download(`${file}.json`, JSON.stringify(recordsOf(table, rows)), 'application/json')
            }
          >
            JSON
          </button>
        </span>
      </div>
      <Rows name={name} table={table} rows={rows} sort={sort} onSort={setSort} cell={cell} />
    </div>
  );
}

/** Characters of a cell that are shown: lists may have many numbers. */
const SHOWN = 500;

function shortened(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

function exampleOf({ columns }: Table): string {
  const column = columns.find(({ isNumeric }) => isNumeric);
  if (column !== undefined) return `${column.name}>=${formatCell(column.values[0] ?? 0)}`;
  return `${columns[0]?.name ?? 'column'}=value`;
}

interface RowsProps extends Pick<DataTableProps, 'name' | 'table' | 'cell'> {
  readonly rows: readonly number[];
  readonly sort: Sort | undefined;
  readonly onSort: (sort: Sort | undefined) => void;
}

function Rows({ name, table, rows, sort, onSort, cell }: RowsProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const items = useVisible(scroller, rows.length);
  const widths = useMemo(() => table.columns.map((_, i) => widthOf(table, i)), [table]);
  const before = items[0]?.start ?? 0;
  const after = rows.length * ROW_HEIGHT - (items.at(-1)?.end ?? 0);
  const isNone = rows.length === 0;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls what has the focus
    <section class="rows" ref={scroller} tabIndex={0} aria-label={name}>
      <table aria-rowcount={rows.length + 1} style={{ minWidth: `${sum(widths)}ch` }}>
        <caption class="hidden">{name}</caption>
        <colgroup>
          {widths.map((width, i) => (
            <col key={table.columns[i].name} style={{ width: `${(100 * width) / sum(widths)}%` }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {table.columns.map(({ name: column, isNumeric }, i) => {
              const own = sort?.column === i ? sort : undefined;
              return (
                <th
                  key={column}
                  scope="col"
                  class={isNumeric ? 'number' : ''}
                  aria-sort={own && (own.isDescending ? 'descending' : 'ascending')}
                >
                  <button type="button" onClick={() => onSort(nextSort(own, i))}>
                    {column}
                    <span aria-hidden="true">{own ? (own.isDescending ? ' ▼' : ' ▲') : ''}</span>
                  </button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          <Gap columns={table.columns.length} height={before} />
          {items.map(({ index }) => (
            <tr key={index} aria-rowindex={index + 2}>
              {table.columns.map(({ name: column, isNumeric, values }) => {
                const text = shortened(formatCell(values[rows[index]]));
                return (
                  <td key={column} class={isNumeric ? 'number' : ''} title={text}>
                    {cell?.(column, rows[index], text) ?? text}
                  </td>
                );
              })}
            </tr>
          ))}
          <Gap columns={table.columns.length} height={after} />
        </tbody>
      </table>
      {isNone && <p class="muted none">No row matches.</p>}
    </section>
  );
}

/** Stands for the rows out of view. */
function Gap({ columns, height }: { readonly columns: number; readonly height: number }) {
  if (height <= 0) return null;
  return (
    <tr>
      <td colSpan={columns} style={{ height: `${height}px`, padding: 0, border: 0 }} />
    </tr>
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Ascending, descending, as it was. */
function nextSort(own: Sort | undefined, column: number): Sort | undefined {
  if (own === undefined) return { column, isDescending: false };
  return own.isDescending ? undefined : { column, isDescending: true };
}

/** Characters: what most of the first values need. */
function widthOf({ columns }: Table, i: number): number {
  const { name, values } = columns[i];
  const lengths = values.slice(0, 200).map((value) => formatCell(value).length);
  return Math.min(48, Math.max(6, name.length + 3, ...lengths.map((length) => length + 2)));
}

/** The rows in view of a list that scrolls. */
function useVisible(
  scroller: { readonly current: HTMLDivElement | null },
  count: number,
): readonly VirtualItem[] {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const [list] = useState(
    () => new Virtualizer<HTMLDivElement, Element>({ ...optionsOf(scroller, count), onChange }),
  );
  function onChange() {
    redraw(undefined);
  }
  list.setOptions({ ...optionsOf(scroller, count), onChange });
  useEffect(() => {
    const end = list._didMount();
    redraw(undefined);
    return end;
  }, [list]);
  useEffect(() => list._willUpdate());
  return list.getVirtualItems();
}

function optionsOf(scroller: { readonly current: HTMLDivElement | null }, count: number) {
  return {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    scrollToFn: elementScroll,
    observeElementOffset,
    observeElementRect,
    initialRect: { width: 800, height: 600 },
  };
}
