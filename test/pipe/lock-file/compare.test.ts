import { expect, test } from 'vitest';
import {
  actionKey,
  fingerprintOf,
  type OutputRecord,
} from '../../../src/pipe/cache/fingerprint.ts';
import type { Metrics } from '../../../src/pipe/cache/metrics.ts';
import { type Digest, digestText } from '../../../src/pipe/core/digest.ts';
import type { Json } from '../../../src/pipe/core/json.ts';
import { thisRuntime } from '../../../src/pipe/core/machine.ts';
import type { Result } from '../../../src/pipe/current/results.ts';
import type { AcceptedProfile, AcceptedRecord } from '../../../src/pipe/lock-file/accepted.ts';
import { compareDeclaration, compareResults } from '../../../src/pipe/lock-file/compare.ts';
import { graphOf, type Node, pretendNode } from '../project.ts';

const HERE = 'linux-x64, this processor';

const chain: readonly Node[] = [
  { id: 'a', params: { x: 1 } },
  { id: 'b', needs: ['a'], params: { y: 1 } },
  { id: 'c', needs: ['b'] },
];

/** What every instance of a graph makes; `noise` stands for whatever the fingerprint does not tell. */
function resultsOf(
  nodes: readonly Node[],
  {
    code = 'code',
    noise = '',
    metrics = {},
    machine = HERE,
  }: {
    readonly code?: string;
    readonly noise?: string;
    readonly metrics?: Metrics;
    readonly machine?: string;
  } = {},
): ReadonlyMap<string, Result> {
  const made = new Map<string, readonly OutputRecord[]>();
  const results = new Map<string, Result>();
  for (const instance of graphOf(nodes).instances) {
    const fingerprint = fingerprintOf(instance, code, { raw: [] }, (id) => made.get(id));
    if (fingerprint === undefined) throw new Error('upstream comes first');
    const key = actionKey(fingerprint);
    const digest: Digest = digestText(`${key} ${noise}`);
    const outputs = [{ name: 'out', digest, size: 1 }];
    made.set(instance.id, outputs);
    results.set(instance.id, { key, code, params: instance.params, metrics, machine, outputs });
  }
  return results;
}

function accept(results: ReadonlyMap<string, Result>, machine = HERE): AcceptedProfile {
  const instances = [...results].map(([id, { key, code, params, metrics, outputs }]) => {
    const record: AcceptedRecord = {
      key,
      code,
      params,
      metrics: Object.fromEntries(Object.entries(metrics).map(([name, [value]]) => [name, value])),
      outputs: Object.fromEntries(outputs.map(({ name, digest }) => [name, digest])),
    };
    return [id, record] as const;
  });
  return { machine, runtime: thisRuntime(), instances: new Map(instances) };
}

function declared(accepted: AcceptedProfile, nodes: readonly Node[], code = 'code') {
  const ids = new Set(nodes.map(({ id }) => id));
  const isGone = (id: string) => !ids.has(id);
  const none = () => undefined;
  return compareDeclaration(
    accepted,
    graphOf(nodes).instances,
    () => code,
    () => ({ raw: [] }),
    none,
    isGone,
  );
}

test('an unchanged pipeline has no differences', () => {
  expect(declared(accept(resultsOf(chain)), chain)).toEqual([]);
});

test('results accepted with another major version of Node have equal declarations', () => {
  pretendNode('v98.1.0');
  const accepted = accept(resultsOf(chain));
  pretendNode('v99.1.0');
  expect(declared(accepted, chain)).toEqual([]);
  expect(declared(accepted, chain, 'edited')).toHaveLength(3);
});

test('a changed param is reported where it was changed, not downstream', () => {
  const edited: readonly Node[] = [{ id: 'a', params: { x: 2 } as Json }, ...chain.slice(1)];
  expect(declared(accept(resultsOf(chain)), edited)).toEqual([
    {
      kind: 'made-from',
      instance: 'a',
      changes: [{ kind: 'param', path: 'x', before: 1, after: 2 }],
    },
  ]);
});

test('changed code is reported for every instance of its stage', () => {
  const found = declared(accept(resultsOf(chain)), chain, 'other code');
  expect(found.map(({ instance }) => instance)).toEqual(['a', 'b', 'c']);
});

test('a changed input is reported although code and params are the same', () => {
  const rewired = [...chain.slice(0, 2), { id: 'c', needs: ['a', 'b'] }];
  expect(declared(accept(resultsOf(chain)), rewired)).toEqual([
    { kind: 'made-from', instance: 'c', changes: [] },
  ]);
});

test('added and removed instances are reported', () => {
  const nodes = [chain[0], { id: 'd', needs: ['a'] }];
  expect(declared(accept(resultsOf(chain)), nodes)).toEqual([
    { kind: 'added', instance: 'd' },
    { kind: 'removed', instance: 'b' },
    { kind: 'removed', instance: 'c' },
  ]);
});

test('the declaration compares equal on every machine, whatever its results', () => {
  const elsewhere = accept(resultsOf(chain, { noise: 'other rounding' }), 'another machine');
  expect(declared(elsewhere, chain)).toEqual([]);
});

const same = { differences: [], byChance: [] };

test('the same key with different bytes is a difference only on the same type of machine', () => {
  const before = resultsOf(chain, { noise: 'rounding' });
  const now = resultsOf(chain);
  const found = compareResults(accept(before), now).differences;
  // b and c have other keys by that: only where it began is it told.
  expect(found).toMatchObject([{ kind: 'output', instance: 'a', output: 'out' }]);
  expect(compareResults(accept(before, 'another machine'), now)).toEqual(same);
  // Made elsewhere and fetched from a cache: where it is compared does not matter.
  const fetched = resultsOf(chain, { machine: 'another machine' });
  expect(compareResults(accept(before), fetched)).toEqual(same);
});

test('metrics are compared on every machine, within their tolerance', () => {
  const [first] = chain;
  const accepted = accept(resultsOf([first], { metrics: { kl: [0.5, 0.1] } }), 'another machine');
  const compare = (metrics: Metrics) =>
    compareResults(accepted, resultsOf([first], { metrics })).differences;
  expect(compare({ kl: [0.59, 0.1] })).toEqual([]);
  expect(compare({ kl: [0.61, 0.1] })).toEqual([
    { kind: 'metric', instance: 'a', metric: 'kl', before: 0.5, after: 0.61, within: 0.1 },
  ]);
  expect(compare({ overlap: [1, 0] })).toEqual([
    { kind: 'metric', instance: 'a', metric: 'kl', before: 0.5, after: undefined, within: 0 },
    { kind: 'metric', instance: 'a', metric: 'overlap', before: undefined, after: 1, within: 0 },
  ]);
});

test('on another type of machine the metrics of one instance in twenty may exceed their tolerance', () => {
  const seeds: readonly Node[] = Array.from({ length: 40 }, (_, seed) => ({
    id: `s[seed=${seed}]`,
  }));
  const metrics: Metrics = { kl: [0.5, 0.1], overlap: [0.5, 0.1] };
  const compare = (off: number, machine: string) => {
    const results = new Map(resultsOf(seeds, { metrics, machine }));
    for (const { id } of seeds.slice(0, off)) {
      const result = results.get(id);
      if (result !== undefined)
        results.set(id, { ...result, metrics: { ...metrics, kl: [9, 0.1] } });
    }
    const { differences, byChance } = compareResults(
      accept(resultsOf(seeds, { metrics })),
      results,
    );
    return [differences.length, byChance.length];
  };
  expect(compare(2, 'another machine')).toEqual([0, 2]);
  expect(compare(3, 'another machine')).toEqual([3, 0]);
  expect(compare(1, HERE)).toEqual([1, 0]);
});
