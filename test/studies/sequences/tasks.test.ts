import { expect, test } from 'vitest';
import { stream } from '../../../src/random/streams.ts';
import { TASKS, taskDefinitions, writtenForms } from '../../../src/studies/sequences/tasks.ts';
import { examplesOf } from './examples-of.ts';

test('series are copied, reversed, incremented and added to the one before', () => {
  for (const { source, target } of examplesOf('copy')) expect(target).toEqual(source);
  for (const { source, target } of examplesOf('reverse')) {
    expect(target).toEqual(source.toReversed());
  }
  for (const { source, target } of examplesOf('increment')) {
    expect(target.map(Number)).toEqual(source.map((x) => (Number(x) + 1) % 10));
  }
  for (const { source, target } of examplesOf('sum')) {
    const before = [0, ...source.map(Number)];
    expect(target.map(Number)).toEqual(source.map((x, i) => (Number(x) + before[i]) % 10));
  }
});

test('a product multiplied out has the same value for any x', () => {
  const evaluated = (text: string, x: number): number =>
    text.split(/(?=[+-])/).reduce((sum, term) => {
      const [factor, power] = term.split('x');
      return sum + Number(factor) * (power === undefined ? 1 : power === '^2' ? x * x : x);
    }, 0);
  for (const { source, target } of examplesOf('polynomial')) {
    const [left, right] = source.join('').slice(1, -1).split(')(');
    for (const x of [-2, 0, 1, 3]) {
      expect(evaluated(target.join(''), x)).toBeCloseTo(
        evaluated(left, x) * evaluated(right, x),
        9,
      );
    }
  }
});

test('the ISO date is the written one', () => {
  expect(writtenForms(2024, 1, 29)).toEqual([
    '29 February 2024',
    'February 29, 2024',
    '29 Feb 2024',
    'Feb 29, 2024',
    'Thursday, February 29, 2024',
    'Thu 29 Feb 2024',
    '29.2.2024',
    '29.02.2024',
    '2024/02/29',
  ]);
  for (const { target } of examplesOf('date')) {
    const iso = target.join('');
    expect(new Date(iso).toISOString().slice(0, 10)).toBe(iso);
  }
});

test('every example fits its task’s symbols and lengths', () => {
  for (const task of TASKS) {
    const { symbols, longest } = taskDefinitions[task];
    for (const { source, target } of examplesOf(task, 300)) {
      expect(source.length).toBeLessThanOrEqual(longest.source);
      expect(target.length).toBeLessThanOrEqual(longest.target);
      for (const symbol of [...source, ...target]) expect(symbols).toContain(symbol);
    }
  }
});

test('series in a fixed order rise, and are answered backwards', () => {
  const random = stream(1, 'ordered');
  for (let i = 0; i < 50; i++) {
    const { source, target } = taskDefinitions.ordered.draw(random);
    expect(source).toEqual([...source].sort());
    expect(new Set(source).size).toBe(source.length);
    expect(target).toEqual([...source].reverse());
  }
});
