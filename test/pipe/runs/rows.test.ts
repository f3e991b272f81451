import { expect, test } from 'vitest';
import type { ActionKey } from '../../../src/pipe/core/digest.ts';
import { describeMachine } from '../../../src/pipe/core/machine.ts';
import type { RunRecord } from '../../../src/pipe/runs/record.ts';
import type { InstanceRun } from '../../../src/pipe/runs/recorder.ts';
import { encodeRun, RUN_COLUMNS, rowsOf } from '../../../src/pipe/runs/rows.ts';
import { tableFromIPC } from '../../../src/tables/arrow.ts';
import { fc } from '../../properties.ts';

const text = fc.constantFrom('', 'a', 'bc', 'ü', '漢字', 'x'.repeat(20));
const seconds = fc.double({ noNaN: true });

const instances: fc.Arbitrary<InstanceRun> = fc.record(
  {
    instance: text,
    stage: text,
    status: fc.constantFrom('current' as const, 'ran' as const, 'failed' as const),
    attempts: fc.nat(9),
    key: text.map((key) => key as ActionKey),
    begin: seconds,
    seconds,
    cpuSeconds: seconds,
    peakMemory: fc.integer(),
    worker: fc.nat(),
    metrics: fc.dictionary(text, fc.tuple(fc.double({ noNaN: true }), fc.constant(0))),
    message: text,
  },
  { requiredKeys: ['instance', 'stage', 'status', 'attempts'] },
);

const record: RunRecord = {
  id: '20261124-042305-ab12',
  started: '2026-11-24T04:23:05.000Z',
  seconds: 1,
  profile: 'ci',
  sets: [],
  targets: [],
  ok: true,
  counts: { current: 0, restored: 0, ran: 0, failed: 0, skipped: 0, cancelled: 0 },
  failures: {},
  machine: describeMachine(),
};

test('a run as an Arrow file has the columns and values of its rows', () => {
  fc.assert(
    fc.property(fc.array(instances, { maxLength: 9 }), fc.boolean(), (list, hasCommit) => {
      const about = hasCommit ? { ...record, commit: 'abc', dirty: true } : record;
      const table = tableFromIPC(encodeRun(about, list));
      expect(table.schema.fields.map(({ name }) => name)).toEqual(RUN_COLUMNS);
      const found = table.toArray().map((row) => ({ ...row.toJSON() }));
      const rows = rowsOf(about, list).map((row) =>
        Object.fromEntries(RUN_COLUMNS.map((name) => [name, row[name] ?? null])),
      );
      expect(found).toEqual(rows);
    }),
    { numRuns: 100 },
  );
});

test('what is true of the whole run is in every row, headline metrics are JSON', () => {
  const metrics = { kl: [0.5, 0.1] } as const;
  const [row] = rowsOf(record, [
    { instance: 'a', stage: 'a', status: 'ran', attempts: 1, metrics, spans: [] },
  ]);
  expect(row).toMatchObject({
    run: record.id,
    profile: 'ci',
    commit: null,
    dirty: null,
    instance: 'a',
    key: null,
    metrics: '{"kl":[0.5,0.1]}',
  });
  expect(Object.keys(row)).toEqual(RUN_COLUMNS);
});
