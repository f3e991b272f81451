import { expect, test } from 'vitest';
import { alignColumns } from '../../../../src/pipe/cli/shell/print.ts';

test('a cell of several lines does not end its row', () => {
  const rows = [
    ['a', 'first\nsecond', 1],
    ['b', 'x\r\ny', 22],
  ];
  expect(alignColumns(rows, ['id', 'text', 'n'])).toEqual([
    'id  text            n',
    'a   first\\nsecond   1',
    'b   x\\ny           22',
  ]);
});
