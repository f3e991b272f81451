import { expect, test } from 'vitest';
import { estimateSeconds } from '../../../src/pipe/session/schedule.ts';
import { fc } from '../../properties.ts';
import { graphOf, type Node } from '../project.ts';

function estimate(nodes: readonly Node[], seconds: Readonly<Record<string, number>>, cpus: number) {
  const { instances } = graphOf(nodes);
  return estimateSeconds(instances, { cpus, memory: 1e9, gpus: 0 }, ({ id }) => seconds[id]);
}

const diamond: readonly Node[] = [
  { id: 'a' },
  { id: 'b', needs: ['a'] },
  { id: 'c', needs: ['a'] },
  { id: 'd', needs: ['b', 'c'] },
];
const seconds = { a: 1, b: 2, c: 5, d: 1 };

test('one job at a time takes all the work, enough of them the longest chain', () => {
  expect(estimate(diamond, seconds, 1)).toBe(9);
  expect(estimate(diamond, seconds, 2)).toBe(7);
  expect(estimate(diamond, seconds, 8)).toBe(7);
});

test('an instance that takes two cores does not run beside another on two', () => {
  const nodes = [{ id: 'wide', cpus: 2 }, { id: 'a' }, { id: 'b' }];
  expect(estimate(nodes, { wide: 3, a: 2, b: 2 }, 2)).toBe(5);
});

test('what is not among the work is taken to be there', () => {
  const { instances } = graphOf(diamond);
  const [, , , d] = instances;
  expect(estimateSeconds([d], { cpus: 1, memory: 0, gpus: 0 }, () => 4)).toBe(4);
});

test('never less than the work shared out or the longest instance, never more than all of it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ seconds: fc.nat(9), need: fc.nat(9) }), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 4 }),
      (given, cpus) => {
        const nodes = given.map(({ need }, i): Node => {
          return { id: `n${i}`, needs: need < i ? [`n${need}`] : [] };
        });
        const times = Object.fromEntries(given.map((node, i) => [`n${i}`, node.seconds]));
        const all = given.reduce((sum, node) => sum + node.seconds, 0);
        const found = estimate(nodes, times, cpus);
        expect(found).toBeGreaterThanOrEqual(all / cpus);
        expect(found).toBeGreaterThanOrEqual(Math.max(...Object.values(times)));
        expect(found).toBeLessThanOrEqual(all);
      },
    ),
  );
});
