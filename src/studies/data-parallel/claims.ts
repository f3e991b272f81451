import { allOf, type Claim, holdsIf, type Judgement, undecided } from '../../claims/claim.ts';
import { digits } from '../../claims/rules.ts';
import { groupBy } from '../../tables/group-by.ts';
import { methodOf } from './agree.ts';
import {
  type DataParallelEvidence,
  type LossRow,
  METHODS,
  type Method,
  type NetworkRow,
  type Run,
  TASKS,
  type TaskName,
  type WorkerRow,
} from './tables.ts';
import { bytesSent, bytesToGather, secondsToReduce } from './theory.ts';

/** A loss cannot be told from another one below this: a few units of float32. */
const UNIT = 1e-6;
/** Times the rounding that another order of the rows makes. */
const ROUNDING = 10;
/** Largest relative difference of losses. */
const CLOSE = 1e-4;
/** A difference that is no rounding. */
const CLEAR = 0.01;

const MEANS: readonly TaskName[] = ['mlp', 'cross-entropy'];

export const DATA_PARALLEL_CLAIMS: readonly Claim<DataParallelEvidence>[] = [
  {
    name: 'equal-loss-curves',
    statement:
      'Where the loss is a mean over rows, workers that share a batch train as one process does, but for rounding.',
    rule: `At no step do the losses differ by more than ${ROUNDING} times the most that the same rows in another order differ in one process (or than ${UNIT}), for MLP and cross-entropy, every method and number of workers.`,
    judge: ({ losses }) => withinRounding(losses, MEANS),
  },
  {
    name: 'losses-stay-close',
    statement: 'Rounding does not grow into another training.',
    rule: `Of MLP and cross-entropy the losses of workers and of one process differ by less than ${CLOSE} of the loss at every step.`,
    judge: ({ losses }) =>
      allOf(
        MEANS.map((task) => {
          const most = Math.max(
            ...trainingsOf(losses, task, METHODS).map((rows) =>
              largest(rows, losses, (difference, loss) => difference / loss),
            ),
          );
          if (!Number.isFinite(most)) return undecided(`${task}: no trainings`);
          return holdsIf(most < CLOSE, `${task}: ${digits(most)}`);
        }),
      ),
  },
  {
    name: 'workers-keep-the-same-bits',
    statement: 'Workers that apply the same sums to the same parameters never drift apart.',
    rule: 'After the last step no parameter of any worker differs from that of worker 0.',
    judge: ({ workers }) => {
      const groups = workers.filter((row) => row.workers > 1);
      if (groups.length === 0) return undecided('no workers');
      const most = Math.max(...groups.map(({ difference }) => difference));
      return holdsIf(most === 0, `${groups.length} workers, largest difference ${digits(most)}`);
    },
  },
  {
    name: 'infonce-needs-the-scores-of-all',
    statement:
      'Symmetric InfoNCE compares the rows of a batch: computed by each worker of its shard it is another loss; with the scores of all workers it is the same.',
    rule: `With scores passed around, losses differ by no more than ${ROUNDING} times the rounding, as above; apart, the first loss differs by more than ${CLEAR} for every number of workers.`,
    judge: ({ losses }) =>
      allOf([
        withinRounding(losses, ['infonce']),
        ...trainingsOf(losses, 'infonce', ['apart']).map((rows): Judgement => {
          const first = rows.filter(({ step }) => step === 1);
          const difference = largest(first, losses, (one) => one);
          return holdsIf(
            difference > CLEAR,
            `apart, ${rows[0].workers} workers: ${digits(difference)}`,
          );
        }),
      ]),
  },
  {
    name: 'shards-apart-train-worse',
    statement:
      'Workers that each take the InfoNCE of their shard end with a higher loss of the whole batch.',
    rule: `After the last step the loss of another batch, all rows together, is higher than that of one process by more than ${CLEAR} with the most workers.`,
    judge: ({ workers }) => {
      const most = Math.max(...workers.map((row) => row.workers));
      const after = (run: Run, size: number) =>
        workers.find((row) => row.task === 'infonce' && row.run === run && row.workers === size)
          ?.batchLoss;
      const [one, apart] = [after('one', 1), after('apart', most)];
      if (one === undefined || apart === undefined) return undecided('no trainings');
      return holdsIf(
        apart - one > CLEAR,
        `one process ${digits(one)}, ${most} apart ${digits(apart)}`,
      );
    },
  },
  {
    name: 'bytes-as-in-theory',
    statement:
      'A worker sends 2 (N - 1) / N P numbers in a ring, P up and down each of its edges in a tree, and P to or from the master.',
    rule: 'The bytes that every worker sent in all steps are exactly those of the formula.',
    judge: ({ workers }) => {
      const rows = workers.filter((row) => row.workers > 1);
      if (rows.length === 0) return undecided('no workers');
      const wrong = rows.filter((row) => row.bytesSent !== row.steps * expectedBytes(row));
      return holdsIf(
        wrong.length === 0,
        wrong.length === 0
          ? `${rows.length} workers`
          : wrong.map((row) => `${nameOf(row)} ${row.rank}: ${row.bytesSent}`).join('; '),
      );
    },
  },
  {
    name: 'a-ring-shares-the-load',
    statement:
      'By every method all workers together send the same; the busiest of a ring sends the least.',
    rule: 'In groups of three and more the totals without scores are the same to the byte, and the busiest worker of the ring sends less than that of the tree, and that no more than the master.',
    judge: ({ workers }) => {
      const groups = [...new Set(workers.map((row) => row.workers))].filter((size) => size >= 3);
      return allOf(TASKS.flatMap((task) => groups.map((size) => loadOf(workers, task, size))));
    },
  },
  {
    name: 'seconds-as-in-theory',
    statement:
      'On a network with latency α and bandwidth 1/β the algorithms take the time of their formulas.',
    rule: 'Simulated seconds are those of the formula within 1 %, for every network, method and number of workers; of a tree whose size is no power of two no more than that.',
    judge: ({ networks }) => {
      if (networks.length === 0) return undecided('no networks');
      const errors = networks
        .filter(({ workers }) => workers > 1)
        .map((row) => {
          const expected = secondsToReduce(row.method, row.numbers, row.workers, row);
          const isFull = row.method !== 'tree' || Number.isInteger(Math.log2(row.workers));
          const error = row.seconds / expected - 1;
          return isFull ? Math.abs(error) : Math.max(0, error);
        });
      const most = Math.max(...errors);
      return holdsIf(most < 0.01, `${errors.length} times, largest error ${digits(most)}`);
    },
  },
  {
    name: 'no-method-is-best-everywhere',
    statement:
      'Where bytes take much longer than latency the ring is best, where they take about as long the tree.',
    rule: 'With the most workers the ring is the fastest for one model on one network, and the tree for one on another.',
    judge: ({ networks }) => {
      if (networks.length === 0) return undecided('no networks');
      const most = Math.max(...networks.map(({ workers }) => workers));
      const cases = groupBy(
        networks.filter(({ workers }) => workers === most),
        ({ network, numbers }) => `${network}, ${numbers} numbers`,
      );
      const best = [...cases].map(([name, rows]) => ({
        name,
        ...rows.reduce((a, b) => (b.seconds < a.seconds ? b : a)),
      }));
      return holdsIf(
        best.some(({ method }) => method === 'ring') &&
          best.some(({ method }) => method === 'tree'),
        best.map(({ name, method }) => `${name}: ${method}`).join('; '),
      );
    },
  },
  {
    name: 'a-master-saturates',
    statement: "A master's link is the limit of all its workers; a ring has none.",
    rule: 'On the network with the least bandwidth, twice the workers, up to the most, speed up the training of the largest model by less than 10 % with a master and by more than 50 % with a ring.',
    judge: ({ networks, computing }) => {
      const bandwidth = Math.min(...networks.map((row) => row.bandwidth));
      const numbers = Math.max(...networks.map((row) => row.numbers));
      const rows = networks.filter((row) => row.bandwidth === bandwidth && row.numbers === numbers);
      const most = Math.max(...rows.map(({ workers }) => workers));
      const gain = (method: Method) => {
        const speed = (workers: number) =>
          rows
            .filter((row) => row.method === method && row.workers === workers)
            .map((row) => speedUp(row, computing))[0];
        return speed(most) / speed(most / 2);
      };
      const [master, ring] = [gain('master'), gain('ring')];
      if (Number.isNaN(master + ring)) return undecided('too few workers');
      return holdsIf(
        master < 1.1 && ring > 1.5,
        `from ${most / 2} to ${most} workers: master ${digits(master)} times, ring ${digits(ring)} times`,
      );
    },
  },
];

/** How many times the rows of one worker a group trains on in the same time. */
export function speedUp({ workers, seconds }: NetworkRow, computing: number): number {
  return (workers * computing) / (computing + seconds);
}

/** The trainings of a task that were run in some of the ways, by way and number of workers. */
function trainingsOf(
  losses: readonly LossRow[],
  task: TaskName,
  runs: readonly Run[],
): readonly (readonly LossRow[])[] {
  const own = losses.filter((row) => row.task === task && runs.includes(row.run));
  return [...groupBy(own, nameOf).values()];
}

/** The largest of a measure of the difference from one process, over the steps of a training. */
function largest(
  rows: readonly LossRow[],
  losses: readonly LossRow[],
  measure: (difference: number, loss: number) => number,
): number {
  return Math.max(...differencesFromOne(rows, losses).map(({ by, loss }) => measure(by, loss)));
}

/** By how much a training's losses differ from those of one process, by step. */
export function differencesFromOne(
  rows: readonly LossRow[],
  losses: readonly LossRow[],
): readonly { readonly step: number; readonly by: number; readonly loss: number }[] {
  const one = new Map(
    losses
      .filter((row) => row.run === 'one' && row.task === rows[0]?.task)
      .map(({ step, loss }) => [step, loss]),
  );
  return rows.map(({ step, loss }) => {
    const alone = one.get(step) ?? Number.NaN;
    return { step, by: Math.abs(loss - alone), loss: alone };
  });
}

function withinRounding(losses: readonly LossRow[], tasks: readonly TaskName[]): Judgement {
  return allOf(
    tasks.map((task) => {
      const [reordered] = trainingsOf(losses, task, ['reordered']);
      const trainings = trainingsOf(losses, task, METHODS);
      if (reordered === undefined || trainings.length === 0)
        return undecided(`${task}: no trainings`);
      const rounding = Math.max(
        UNIT,
        largest(reordered, losses, (one) => one),
      );
      const most = Math.max(...trainings.map((rows) => largest(rows, losses, (one) => one)));
      return holdsIf(
        most <= ROUNDING * rounding,
        `${task}: ${digits(most)}, another order of rows ${digits(rounding)}`,
      );
    }),
  );
}

function expectedBytes({ run, parameters, gathered, rank, workers }: WorkerRow): number {
  const scores = gathered === 0 ? 0 : bytesToGather(gathered, workers);
  return bytesSent(methodOf(run), parameters, rank, workers) + scores;
}

/** Bytes of gradients and parameters that a worker sent in a step. */
export function bytesPerStep({ bytesSent: sent, steps, gathered, workers }: WorkerRow): number {
  return sent / steps - (gathered === 0 ? 0 : bytesToGather(gathered, workers));
}

function loadOf(workers: readonly WorkerRow[], task: TaskName, size: number): Judgement {
  const sent = METHODS.map((method) =>
    workers
      .filter((row) => row.task === task && row.run === method && row.workers === size)
      .map(bytesPerStep),
  );
  if (sent.some((bytes) => bytes.length === 0)) return undecided(`${task}: no workers`);
  const totals = sent.map((bytes) => bytes.reduce((a, b) => a + b, 0));
  const [master, ring, tree] = sent.map((bytes) => Math.max(...bytes));
  return holdsIf(
    totals.every((total) => total === totals[0]) && ring < tree && tree <= master,
    `${task}, ${size} workers: ${totals[0]} together; busiest ${ring} in the ring, ${tree} in the tree, ${master} the master`,
  );
}

function nameOf({ task, run, workers }: Pick<LossRow, 'task' | 'run' | 'workers'>): string {
  return `${task}, ${run} of ${workers}`;
}
