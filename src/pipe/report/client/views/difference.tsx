import { useLoaded } from '../state.ts';
import { DataTable } from '../table/data-table.tsx';
import { type TableJson, tableOf } from '../table/table.ts';
import { Pending } from './pending.tsx';

/** Headline metrics that differ. */
export function DifferenceView() {
  const metrics = useLoaded<TableJson>('metrics');
  if (metrics.state !== 'loaded') return <Pending of={metrics} />;
  return <DataTable name="difference" table={tableOf(metrics.value)} />;
}
