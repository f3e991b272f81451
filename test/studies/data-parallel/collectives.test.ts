import { describe, expect, test } from 'vitest';
import {
  ALL_REDUCE,
  ringAllGather,
  treeAllReduce,
} from '../../../src/studies/data-parallel/collectives.ts';
import { counted, type Exchange } from '../../../src/studies/data-parallel/exchange.ts';
import { SimulatedGroup } from '../../../src/studies/data-parallel/simulated-network.ts';
import { METHODS } from '../../../src/studies/data-parallel/tables.ts';
import {
  bytesSent,
  bytesToGather,
  secondsToReduce,
} from '../../../src/studies/data-parallel/theory.ts';
import { fc } from '../../properties.ts';

const NETWORK = { latency: 2, bandwidth: 4 };

/** Vectors of one length, of every worker; whole numbers, so that every order of additions gives the same. */
const vectors = fc
  .tuple(fc.integer({ min: 1, max: 17 }), fc.integer({ min: 0, max: 40 }))
  .chain(([workers, length]) =>
    fc.array(
      fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: length, maxLength: length }),
      {
        minLength: workers,
        maxLength: workers,
      },
    ),
  );

/** Runs a collective on every worker's vector. */
async function together(
  all: readonly (readonly number[])[],
  work: (values: Float32Array, exchange: Exchange) => Promise<unknown>,
) {
  const values = all.map((one) => Float32Array.from(one));
  const group = new SimulatedGroup(all.length, NETWORK);
  const exchanges = group.exchanges.map(counted);
  const seconds = await group.run(({ rank }) => work(values[rank], exchanges[rank]));
  return { values, seconds, traffic: exchanges.map((exchange) => exchange.traffic) };
}

const sumOf = (all: readonly (readonly number[])[]) =>
  all[0].map((_, i) => all.reduce((sum, one) => sum + one[i], 0));

describe.each(METHODS)('%s', (method) => {
  test('every worker has the sum, of any number of workers and any length', () =>
    fc.assert(
      fc.asyncProperty(vectors, async (all) => {
        const { values } = await together(all, ALL_REDUCE[method]);
        for (const one of values) expect([...one]).toEqual(sumOf(all));
      }),
    ));

  test('every worker sends the bytes of the formula, and all that is sent is received', () =>
    fc.assert(
      fc.asyncProperty(vectors, async (all) => {
        const { traffic } = await together(all, ALL_REDUCE[method]);
        const length = all[0].length;
        expect(traffic.map((one) => one.bytesSent)).toEqual(
          traffic.map((_, rank) => bytesSent(method, length, rank, all.length)),
        );
        const total = (of: 'bytesSent' | 'bytesReceived') =>
          traffic.reduce((sum, one) => sum + one[of], 0);
        expect(total('bytesReceived')).toBe(total('bytesSent'));
        expect(total('bytesSent')).toBe(2 * (all.length - 1) * 4 * length);
      }),
    ));

  test('rounding of sums is the same at every worker', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 9 }).chain((workers) =>
          fc.array(
            fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), {
              minLength: 5,
              maxLength: 5,
            }),
            {
              minLength: workers,
              maxLength: workers,
            },
          ),
        ),
        async (all) => {
          const { values } = await together(all, ALL_REDUCE[method]);
          const bits = values.map((one) => [...new Uint32Array(one.buffer)]);
          for (const one of bits) expect(one).toEqual(bits[0]);
        },
      ),
    ));

  test.each([2, 4, 8, 16])('%i workers take the seconds of the formula', async (workers) => {
    const all = Array.from({ length: workers }, () => Array.from({ length: 48 }, () => 1));
    const { seconds } = await together(all, ALL_REDUCE[method]);
    expect(seconds).toBeCloseTo(secondsToReduce(method, 48, workers, NETWORK), 9);
  });
});

test('a tree that is not full takes no longer than the next full one', async () => {
  for (const workers of [3, 5, 6, 7, 11, 13]) {
    const all = Array.from({ length: workers }, () => Array.from({ length: 10 }, () => 1));
    const { seconds } = await together(all, treeAllReduce);
    expect(seconds).toBeLessThanOrEqual(secondsToReduce('tree', 10, workers, NETWORK));
  }
});

test('values passed around the ring arrive in the order of ranks, and cost what the formula says', () =>
  fc.assert(
    fc.asyncProperty(vectors, async (all) => {
      const gathered: number[][] = [];
      const { traffic } = await together(all, async (values, exchange) => {
        gathered[exchange.rank] = [...(await ringAllGather(values, exchange))];
      });
      for (const one of gathered) expect(one).toEqual(all.flat());
      for (const { bytesSent: sent } of traffic) {
        expect(sent).toBe(bytesToGather(all[0].length, all.length));
      }
    }),
  ));
