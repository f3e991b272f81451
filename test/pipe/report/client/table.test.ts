import { expect, test } from 'vitest';
import { rowsInOrder } from '../../../../src/pipe/report/client/table/order.ts';
import { type Table, tableOf } from '../../../../src/pipe/report/client/table/table.ts';

const table: Table = tableOf({
  columns: [
    { name: 'model', values: ['small', 'large', 'two words', null] },
    { name: 'loss', values: [0.5, 10, 9, null] },
  ],
});

test.each([
  ['', [0, 1, 2, 3]],
  ['  ', [0, 1, 2, 3]],
  ['LARGE', [1]],
  ['loss>=9', [1, 2]],
  ['loss>=9 model=large', [1]],
  ['loss<9.5', [0, 2]],
  ['loss=10', [1]],
  ['loss=1e1', [1]],
  ['loss!=10', [0, 2, 3]],
  ['model~l', [0, 1]],
  ['model="two words"', [2]],
  ['"two words"', [2]],
  ['model>b', [0, 1, 2]],
  ['nothing=here', []],
  ['loss<', []],
  ['(', []],
  ['model=', [3]],
])('the query %j finds rows %j', (query, rows) => {
  expect(rowsInOrder(table, query, undefined)).toEqual(rows);
});

test('rows are sorted as numbers or words, those without a value last in either direction', () => {
  const order = (column: number, isDescending: boolean) =>
    rowsInOrder(table, '', { column, isDescending });
  expect(order(1, false)).toEqual([0, 2, 1, 3]);
  expect(order(1, true)).toEqual([1, 2, 0, 3]);
  expect(order(0, false)).toEqual([1, 0, 2, 3]);
});

test('equal rows stay in the order of the table in either direction', () => {
  const equal = tableOf({ columns: [{ name: 'a', values: [1, 1, 0, 1] }] });
  expect(rowsInOrder(equal, '', { column: 0, isDescending: false })).toEqual([2, 0, 1, 3]);
  expect(rowsInOrder(equal, '', { column: 0, isDescending: true })).toEqual([0, 1, 3, 2]);
});
