import { describe, expect, test } from 'vitest';
import { Display } from '../../../src/pipe/reporters/display.ts';
import { Screen } from './screen.ts';

const LONG =
  'a line that is much longer than a narrow terminal is wide, with 漢字 and 👩‍👩‍👧 in it';

/** Names of ever other widths. */
const names = Array.from({ length: 60 }, (_, i) => `train[model=${'x'.repeat(i * 2)},seed=${i}]`);

describe.each([40, 80, 200])('on a terminal of %i columns', (columns) => {
  test('each line that stays is there once, in order, whatever is drawn below', async () => {
    const screen = new Screen(columns, 24);
    const display = new Display(screen);
    const stay: string[] = [];
    for (const [i, name] of names.entries()) {
      const running = names.slice(i, i + (i % 9)).map((one) => `  ${one} 漢字漢字 step ${i}`);
      display.draw(['train', ...running]);
      const printed = i % 5 === 0 ? [`done ${name}`, `  | ${LONG} ${i}`] : [`done ${name}`];
      display.draw(['train', ...running.slice(1)], printed);
      stay.push(...printed);
      display.draw(['train', ...running, `and ${LONG}`]);
    }
    display.clear();
    expect(await screen.lines()).toEqual(stay);
  });

  test('what is drawn is cut at the edge and at the bottom, and is the only thing below', async () => {
    const screen = new Screen(columns, 10);
    const display = new Display(screen);
    display.draw(['first', 'second'], ['stays']);
    display.draw(Array.from({ length: 30 }, (_, i) => `${i} ${'漢'.repeat(150)}`));
    const lines = await screen.lines();
    expect(lines).toHaveLength(9);
    expect(lines[0]).toBe('stays');
    expect(lines[1]).toMatch(/^0 漢+…$/);
    expect(lines[8]).toBe('... 23 more lines');
    expect(Math.max(...lines.map((line) => line.length * 2))).toBeLessThanOrEqual(columns + 2);
  });
});

test.each([
  [80, 40],
  [40, 80],
  [80, 17],
])('when %i columns become %i, nothing that stays is lost or doubled', async (before, after) => {
  const screen = new Screen(before, 24);
  const display = new Display(screen);
  const stay: string[] = [];
  for (let i = 0; i < 30; i += 1) {
    const above = [`done ${names[i]}`, `${LONG} ${i}`];
    display.draw([`train ${names[i]}`, LONG, LONG], above);
    stay.push(...above);
    if (i % 3 === 0) await screen.resize(i % 6 === 0 ? after : before, 24);
  }
  display.clear();
  expect(await screen.lines()).toEqual(stay);
});

test('what others wrote meanwhile stays when the display was cleared before', async () => {
  const screen = new Screen(80, 24);
  const display = new Display(screen);
  display.draw(['running'], ['done a']);
  display.clear();
  screen.write('[1]+  Stopped\n$ fg\n');
  display.draw(['running'], ['done b']);
  display.clear();
  expect(await screen.lines()).toEqual(['done a', '[1]+  Stopped', '$ fg', 'done b']);
});
