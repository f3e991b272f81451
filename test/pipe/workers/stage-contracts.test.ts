import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Json } from '../../../src/pipe/core/json.ts';
import { realDisk } from '../../../src/pipe/disk/disk.ts';
import { Paths } from '../../../src/pipe/disk/paths.ts';
import type { ParsedParams, StageDescription } from '../../../src/pipe/pipeline/graph.ts';
import type { WorkerPool } from '../../../src/pipe/workers/pool.ts';
import type { Reply, Request } from '../../../src/pipe/workers/protocol.ts';
import { StageContracts } from '../../../src/pipe/workers/stage-contracts.ts';
import { temporaryFolder } from '../project.ts';

const description: StageDescription = {
  inputs: {},
  outputs: { out: 'out.txt' },
  paramKeys: ['steps'],
};
const accept = (params: Json): ParsedParams => ({ ok: true, params });

/** A stage `train` as one version of its code has it; `asked` notes the params it was asked about. */
function directoryOf(
  folder: string,
  code: string,
  {
    says = description,
    parse = accept,
  }: { says?: StageDescription; parse?: (params: Json) => ParsedParams } = {},
) {
  const asked: Json[] = [];
  const questions: string[] = [];
  const ask = async (request: Request): Promise<Reply> => {
    questions.push(request.type);
    if (request.type === 'describe') return { type: 'described', stages: { train: says } };
    if (request.type !== 'parse') throw new Error('not a question');
    asked.push(...request.params);
    return { type: 'parsed', results: request.params.map(parse), description: says };
  };
  const codes = { train: { digest: code, files: {}, packages: {} } };
  const pool = { ask } as unknown as WorkerPool;
  return {
    asked,
    questions,
    directory: new StageContracts(realDisk, new Paths(folder), codes, pool),
  };
}

/** Asks the first version what a plan asks. */
async function plan(folder: string): Promise<void> {
  const { directory } = directoryOf(folder, 'code-1');
  await directory.describe(['train']);
  await directory.parseParams('train', [{ steps: 1 }, { steps: 2 }]);
}

test('each set of params is asked about once, however often it comes', async () => {
  const folder = join(temporaryFolder(), 'contracts');
  const { asked, directory } = directoryOf(folder, 'code-1');
  const results = await directory.parseParams('train', [{ steps: 1 }, { steps: 2 }, { steps: 1 }]);
  expect(results).toEqual([{ steps: 1 }, { steps: 2 }, { steps: 1 }].map(accept));
  expect(asked).toEqual([{ steps: 1 }, { steps: 2 }]);
  expect(await directory.parseParams('train', [{ steps: 2 }])).toEqual([accept({ steps: 2 })]);
  expect(asked).toHaveLength(2);
});

test('other code that describes itself and judges params as before has the same contract, by one question', async () => {
  const folder = join(temporaryFolder(), 'contracts');
  await plan(folder);
  const { asked, questions, directory } = directoryOf(folder, 'code-2');
  expect(await directory.hasContractOf('train', 'code-1')).toBe(true);
  expect(asked).toEqual([{ steps: 1 }, { steps: 2 }]);
  expect(questions).toEqual(['parse']);
});

test('another output, param, default or refusal is another contract', async () => {
  const folder = join(temporaryFolder(), 'contracts');
  await plan(folder);
  const changes = [
    { says: { ...description, outputs: { out: 'out.arrow' } } },
    { says: { ...description, paramKeys: ['steps', 'seed'] } },
    { says: { ...description, inputs: { deck: 'one' } as const } },
    { parse: (params: Json) => accept({ ...(params as object), rate: 1 }) },
    {
      parse: (params: Json): ParsedParams =>
        (params as { steps: number }).steps === 2 ? { ok: false, issues: [] } : accept(params),
    },
  ];
  for (const [i, change] of changes.entries()) {
    const { directory } = directoryOf(folder, `code-${i + 2}`, change);
    expect(await directory.hasContractOf('train', 'code-1')).toBe(false);
  }
});

test('of code that nothing is kept about, nothing is claimed', async () => {
  const folder = join(temporaryFolder(), 'contracts');
  const { directory } = directoryOf(folder, 'code-2');
  expect(await directory.hasContractOf('train', 'code-1')).toBe(false);
});
