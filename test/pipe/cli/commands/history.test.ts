import { expect, test } from 'vitest';
import { Cache } from '../../../../src/pipe/cache/cache.ts';
import { build } from '../../../../src/pipe/cli/commands/history.ts';
import type { Shell } from '../../../../src/pipe/cli/shell/shell.ts';
import { RUN_COLUMNS } from '../../../../src/pipe/runs/rows.ts';
import { graphOf, TestProject } from '../../project.ts';

/** Two runs of a project, and what `pipe history` prints about them. */
async function historyOf(...args: readonly string[]): Promise<readonly string[]> {
  const project = new TestProject();
  await project.run(graphOf([{ id: 'a' }]));
  await project.run(graphOf([{ id: 'a' }, { id: 'b, c', needs: ['a'] }]));
  const lines: string[] = [];
  const open = async () => ({ cache: new Cache(project.root) });
  const shell = { open, out: (line: string) => lines.push(line) } as unknown as Shell;
  await build(shell).parseAsync([...args], { from: 'user' });
  return lines;
}

test('the list of runs is a table, or JSON', async () => {
  const lines = await historyOf();
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(/^run +profile +result +time +commit +instances/);
  expect(lines[1]).toMatch(/default +ok .* 1 ran, 1 current/);
  const records = JSON.parse((await historyOf('--format', 'json')).join('\n'));
  expect(records).toMatchObject([{ counts: { ran: 1, current: 1 } }, { counts: { ran: 1 } }]);
  await expect(historyOf('--format', 'csv')).rejects.toThrow(
    'a list of runs cannot be printed as csv',
  );
});

test('a run is printed as a table, JSON, CSV or a trace', async () => {
  const table = await historyOf('last');
  expect(table.join('\n')).toMatch(/file cache\/runs\/\d{8}-\S+\.jsonl\n/);
  expect(table.filter((line) => line.startsWith('b, c'))).toHaveLength(1);
  const { instances, counts } = JSON.parse(
    (await historyOf('last', '--format', 'json')).join('\n'),
  );
  expect(counts).toMatchObject({ ran: 1, current: 1 });
  expect(instances).toMatchObject([
    { instance: 'a', status: 'current' },
    { instance: 'b, c', status: 'ran', spans: [{ attempt: 1, status: 'ran' }] },
  ]);
  const csv = (await historyOf('last', '--format', 'csv')).join('\n');
  const [head, ...rows] = csv.split('\n');
  expect(head).toBe(RUN_COLUMNS.join(','));
  expect(rows.map((row) => row.includes('"b, c"'))).toEqual([false, true]);
  const { traceEvents } = JSON.parse((await historyOf('last', '--format', 'trace')).join('\n'));
  expect(traceEvents).toContainEqual(expect.objectContaining({ name: 'b, c', ph: 'X' }));
});
