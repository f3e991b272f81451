import { expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { defineStage, type InputArtifact } from '../../../src/pipe/pipeline/contract.ts';

const params = z.object({ n: z.number() });

test('a contract without inputs and outputs gives run its params, and neither of the others', async () => {
  const seen: unknown[] = [];
  const stage = defineStage({
    params,
    run({ params, inputs, outputs }) {
      expectTypeOf(params).toEqualTypeOf<{ n: number }>();
      expectTypeOf(inputs).toEqualTypeOf<Readonly<Record<never, never>>>();
      // @ts-expect-error the contract names no input
      seen.push(params.n, inputs.from);
      // @ts-expect-error the contract names no output
      seen.push(outputs.out);
    },
  });
  await stage.run({ params: { n: 1 }, inputs: {}, outputs: {} } as never);
  expect(seen).toEqual([1, undefined, undefined]);
});

test('inputs and outputs of a contract have their types, also where the other is left out', () => {
  const reads = defineStage({
    params,
    inputs: { from: 'one' },
    run({ inputs }) {
      expectTypeOf(inputs.from).toEqualTypeOf<InputArtifact>();
    },
  });
  const writes = defineStage({
    params,
    outputs: { out: 'out.txt' },
    run({ outputs }) {
      expectTypeOf(outputs).toEqualTypeOf<{ readonly out: string }>();
    },
  });
  expect([reads.inputs, writes.outputs]).toEqual([{ from: 'one' }, { out: 'out.txt' }]);
});
