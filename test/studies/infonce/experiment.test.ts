import { expect, test } from 'vitest';
import {
  evidenceOf,
  learnTable,
  tablesOf,
  tableTasks,
} from '../../../src/studies/infonce/experiment.ts';

const SETTINGS = { steps: 2, batch: 10, learningRate: 0.1, seeds: [1, 2] };

test('every data set is learned with every objective and seed, the word pairs once, the place names with two objectives', () => {
  const tasks = tableTasks(SETTINGS.seeds);
  expect(tasks).toHaveLength(4 * 3 * 2 + 1 + 2 * 2);
  expect(tasks.filter(({ data }) => data === 'new york')).toEqual([
    { data: 'new york', objective: 'infonce', seed: 1 },
  ]);
  expect(tasks.at(-1)).toEqual({ data: 'place names', objective: 'infonce', seed: 2 });
});

test('tables are read back from the rows of their scores, and measured', async () => {
  const { signal } = new AbortController();
  const tasks = tableTasks(SETTINGS.seeds).filter(({ data }) =>
    ['dice', 'new york', 'place names'].includes(data),
  );
  const rows = await Promise.all(tasks.map((task) => learnTable(task, SETTINGS, signal)));
  const tables = tablesOf(rows.flat());
  expect(
    tables.map(({ joint, objective, seed }) => ({ data: joint.name, objective, seed })),
  ).toEqual(tasks);
  expect([...tables[0].m]).toEqual(rows[0].map(({ score }) => score));
  expect(rows[0][0]).toMatchObject({ x: '2', y: '1' });
  const { tables: drawn, measures, words, places } = evidenceOf(tables);
  expect(drawn.map(({ seed }) => seed)).toEqual([1, 1, 1]);
  expect(measures).toHaveLength(6);
  expect(words).toHaveLength(12);
  expect(places).toHaveLength(2 * 5);
  expect(() => evidenceOf(tables.slice(0, 3))).toThrow('word pairs');
  expect(() => evidenceOf(tables.slice(0, 7))).toThrow('place names');
});
