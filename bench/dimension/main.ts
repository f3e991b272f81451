// usage: npm run bench:dimension [-- --items 1000 --queries 10000 --dims 8,64,256 --steps 20 --json]
//
// One step of the search for free vectors, for all restarts, against a PyTorch script of the kind that
// LIMIT's authors use, on one thread each. PyTorch: $PYTHON, or the python3 on the path; without it ours alone.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { execaSync } from 'execa';
import { descend } from '../../src/dimension/fit/descent.ts';
import { startingVectors } from '../../src/dimension/fit/start.ts';
import {
  type Judgements,
  membersOf,
  queriesOf,
  queryCount,
} from '../../src/dimension/judgements/judgements.ts';
import { plantedJudgements } from '../../src/dimension/problems/problems.ts';
import { currentSnapshot } from '../../src/pipe/loader/code.ts';
import { pythonWith } from '../peers/python.ts';

const { values } = parseArgs({
  options: {
    items: { type: 'string', default: '1000' },
    queries: { type: 'string', default: '10000' },
    dims: { type: 'string', default: '8,64,256' },
    steps: { type: 'string', default: '20' },
    restarts: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
});
const steps = Number(values.steps);
const restarts = Number(values.restarts);
const all = plantedJudgements(Number(values.items), Number(values.queries), 32, 'bench');
// Items are fitted on 70 % of the queries.
const judgements = queriesOf(
  all,
  Array.from({ length: Math.floor(0.7 * queryCount(all)) }, (_, query) => query),
);

const python = pythonWith('torch');
const rows = [];
for (const d of values.dims.split(',').map(Number)) {
  const ours = await timeOurs(judgements, d);
  const peers = python === undefined ? {} : timePeers(python, judgements, d);
  rows.push({ d, ours, ...peers });
  if (!values.json) console.log(describe(d, ours, peers));
}
if (python === undefined) console.error('no PyTorch: set PYTHON to a Python that has it');
if (values.json) console.log(JSON.stringify({ ...values, rows }, null, 2));

/** Milliseconds per step, of the fastest of three runs; compilation is not counted. */
async function timeOurs(task: Judgements, d: number): Promise<number> {
  const start = startingVectors(
    task,
    Array.from({ length: restarts }, (_, i) => ({ d, seed: i + 1 })),
  );
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 3; run++) {
    let began = 0;
    let ended = 0;
    let made = 0;
    await descend(task, start, {
      aim: 'kl',
      moved: 'both',
      steps: steps + 1,
      learningRate: 0.1,
      onStep: (done) => {
        ended = performance.now();
        if (done === 1) began = ended;
        else made++;
      },
    });
    least = Math.min(least, (ended - began) / made);
  }
  return least;
}

interface Peers {
  readonly version: string;
  /** Milliseconds per step of all restarts, one after the other. */
  readonly pytorch: number;
  /** Side by side, in batched products. */
  readonly pytorchBatched: number;
}

function timePeers(python: string, task: Judgements, d: number): Peers {
  const script = join(currentSnapshot()?.projectRoot ?? process.cwd(), 'bench/dimension/limit.py');
  const count = queryCount(task);
  const sets = Array.from({ length: count }, (_, query) => [...membersOf(task, query)]);
  const time = (batched: boolean) => {
    const runs = Array.from({ length: 3 }, () => {
      const given = {
        queries: count,
        items: task.items,
        restarts,
        d,
        steps,
        threads: 1,
        batched,
        sets,
      };
      const { stdout } = execaSync(python, [script], {
        input: JSON.stringify(given),
        env: { OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1' },
      });
      return JSON.parse(stdout) as { version: string; milliseconds: number };
    });
    return runs.reduce((a, b) => (b.milliseconds < a.milliseconds ? b : a));
  };
  const one = time(false);
  return {
    version: one.version,
    pytorch: one.milliseconds,
    pytorchBatched: time(true).milliseconds,
  };
}

function describe(d: number, ours: number, peers: Partial<Peers>): string {
  const { version, pytorch, pytorchBatched } = peers;
  const mine = `d = ${d}: ${ours.toFixed(0)} ms a step of ${restarts} restarts`;
  if (pytorch === undefined || pytorchBatched === undefined) return mine;
  const times = (ms: number) => `${ms.toFixed(0)} ms (${(ms / ours).toFixed(1)} x)`;
  return `${mine}; PyTorch ${version} ${times(pytorch)}, batched ${times(pytorchBatched)}`;
}
