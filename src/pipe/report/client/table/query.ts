import { formatCell, type Table } from './table.ts';

type Test = (row: number) => boolean;

const TERM = /^([^<>=!~]+)(<=|>=|!=|=|<|>|~)(.*)$/;

/**
 * What a search field asks for: words that a row must contain, and conditions on columns, as `loss<0.1`, `model=small`,
 * `name~part`. All of them must hold. Quotes keep spaces together: `"two words"`.
 */
export function parseQuery(text: string, table: Table): Test {
  const tests = (text.match(/(?:[^\s"]|"[^"]*")+/g) ?? []).map((term) =>
    testOf(term.replaceAll('"', ''), table),
  );
  return (row) => tests.every((test) => test(row));
}

function testOf(term: string, table: Table): Test {
  const [, name, operator, operand] = TERM.exec(term) ?? [];
  const column = table.columns.find((one) => one.name.toLowerCase() === name?.toLowerCase());
  if (column === undefined) return contains(term, table);
  const { values } = column;
  const wanted = operand.toLowerCase();
  const textOf = (row: number) => formatCell(values[row]).toLowerCase();
  if (operator === '~') return (row) => textOf(row).includes(wanted);
  const number = Number(operand);
  const isNumber = operand.trim() !== '' && !Number.isNaN(number);
  const equal: Test = (row) =>
    textOf(row) === wanted ||
    (isNumber && typeof values[row] === 'number' && values[row] === number);
  if (operator === '=') return equal;
  if (operator === '!=') return (row) => !equal(row);
  const compare = COMPARISONS[operator];
  return (row) => {
    const value = values[row];
    if (value === null) return false;
    return isNumber && typeof value === 'number'
      ? compare(value, number)
      : compare(textOf(row), wanted);
  };
}

type Comparable = string | number;

const COMPARISONS: Readonly<Record<string, (a: Comparable, b: Comparable) => boolean>> = {
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
};

function contains(term: string, { columns }: Table): Test {
  const wanted = term.toLowerCase();
  return (row) =>
    columns.some(({ values }) => formatCell(values[row]).toLowerCase().includes(wanted));
}
