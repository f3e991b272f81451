import { expect, test } from 'vitest';
import { Cache } from '../../../src/pipe/cache/cache.ts';
import { digestText } from '../../../src/pipe/core/digest.ts';
import { RunError } from '../../../src/pipe/core/errors.ts';
import type { RunEvent } from '../../../src/pipe/events/events.ts';
import type { Plan } from '../../../src/pipe/pipeline/plan.ts';
import { collectGarbage } from '../../../src/pipe/upkeep/gc.ts';
import { fc } from '../../properties.ts';
import { MachineStopped, MemoryDisk, systemError } from '../memory-disk.ts';
import { combine, eventsOf, graphOf, type Node, planned, TestProject } from '../project.ts';

const ROOT = '/home/project';

/** A folder, and what reads of its maker. */
const folders: readonly Node[] = [
  { id: 'top', params: { x: 1 }, hasFolder: true },
  { id: 'bottom', needs: ['top'] },
];

const diamond: readonly Node[] = [
  { id: 'top', params: { x: 1 } },
  { id: 'left', needs: ['top'], params: { side: 'l' } },
  { id: 'right', needs: ['top'], params: { side: 'r' } },
  { id: 'bottom', needs: ['left', 'right'] },
];

/** A project on a disk whose machine can be stopped at any change. */
class Machine {
  readonly disk = new MemoryDisk(ROOT);
  readonly project = new TestProject(ROOT, this.disk);
  /** Of the module `edited`. */
  code = '';
  /** Keys of all actions whose end was told. */
  readonly done = new Set<string>();

  /** @returns the events until the machine stopped, and how the run ended if it did not */
  async run(nodes: readonly Node[], stopAt = Number.POSITIVE_INFINITY) {
    const events: RunEvent[] = [];
    const begin = this.disk.changes;
    this.disk.interfere = (change) => (change - begin >= stopAt ? new MachineStopped() : undefined);
    const result = await this.project.run(declared(nodes), { events }).catch((error: unknown) => {
      if (this.disk.changes - begin < stopAt) throw error;
    });
    const stopped = this.disk.changes - begin >= stopAt;
    for (const { key, instance } of eventsOf(events, 'finished')) {
      expect(this.done.has(key), `${instance} was done and ran again`).toBe(false);
      this.done.add(key);
    }
    return { events, result: stopped ? undefined : result, changes: this.disk.changes - begin };
  }

  /** Makes the stage `edited` do something else. */
  edit(code: string): void {
    this.code = code;
    this.project.code.edited = code;
    this.project.behaviours.edited = (inputs, params, job) => code + combine(inputs, params, job);
  }

  /** What remains after the end of the process, or of the machine. */
  resume(choose?: (below: number) => number): void {
    if (choose === undefined) this.disk.restart();
    else {
      this.disk.losePower(choose);
      this.project.boot = `${Number(this.project.boot) + 1}`;
    }
    // The process of these tests lives: its locks are made to name an earlier one with its id.
    for (const [path, text] of Object.entries(this.disk.files(`${ROOT}/cache`))) {
      if (!path.startsWith(`${ROOT}/cache/lock`) || text === '') continue;
      this.disk.write(path, text.replace(/"started":"\d+"/, '"started":"1"'));
    }
  }

  artifacts(): Readonly<Record<string, string>> {
    return this.disk.files(`${ROOT}/artifacts`);
  }
}

/** A graph declared under a name of its own, by which it may be known to be current. */
function declared(nodes: readonly Node[]): Plan {
  return planned(graphOf(nodes), digestText(JSON.stringify(nodes)));
}

/** What an undisturbed run of the pipeline leaves. */
async function undisturbed(nodes: readonly Node[]) {
  const machine = new Machine();
  const { changes } = await machine.run(nodes);
  return { artifacts: machine.artifacts(), changes };
}

/** The next run ends well with the results of an undisturbed one, and the one after does nothing. */
async function expectRecovery(machine: Machine, nodes: readonly Node[], artifacts: object) {
  // Before it looks at anything: what is believed at a glance must be true.
  if ((await countCurrent(machine, nodes)) !== undefined)
    expect(machine.artifacts()).toEqual(artifacts);
  const { result } = await machine.run(nodes);
  expect(result).toMatchObject({ ok: true, counts: { failed: 0 } });
  expect(machine.artifacts()).toEqual(artifacts);
  const again = await machine.run(nodes);
  expect(again.events.map(({ type }) => type)).toEqual(['run-finished']);
  expect(again.result?.counts.current).toBe(nodes.length);
  expect(await countCurrent(machine, nodes)).toBe(nodes.length);
}

/** What a new process says before it looks at any instance. */
async function countCurrent(
  { project }: Machine,
  nodes: readonly Node[],
): Promise<number | undefined> {
  return await project.countCurrent(graphOf(nodes), declared(nodes).declaration);
}

/** Takes the choices of a power cut from a seed. */
function chooser(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % below;
  };
}

test('killed before any change to the disk, the next run is right and repeats nothing', async () => {
  const { artifacts, changes } = await undisturbed(diamond);
  expect(changes).toBeGreaterThan(100);
  for (let at = 1; at <= changes; at += 1) {
    const machine = new Machine();
    await machine.run(diamond, at);
    machine.resume();
    await expectRecovery(machine, diamond, artifacts);
  }
});

test('after a power cut at any change, whatever part of the unsynced is lost', async () => {
  const { artifacts, changes } = await undisturbed(diamond);
  for (let at = 1; at <= changes; at += 1) {
    for (const seed of [1, 2]) {
      const machine = new Machine();
      await machine.run(diamond, at);
      machine.resume(chooser(seed * 1000 + at));
      await expectRecovery(machine, diamond, artifacts);
    }
  }
});

test('killed or cut off before any change while folders are stored and put in place, the next run is right', async () => {
  const { artifacts, changes } = await undisturbed(folders);
  expect(Object.keys(artifacts)).toContain(`${ROOT}/artifacts/top/tree/a/b/y`);
  for (let at = 1; at <= changes; at += 1) {
    for (const choose of [undefined, chooser(at)]) {
      const machine = new Machine();
      await machine.run(folders, at);
      machine.resume(choose);
      await expectRecovery(machine, folders, artifacts);
      for (const path of ['empty', 'a/z']) {
        const { isFolder, isExecutable } =
          machine.disk.stat(`${ROOT}/artifacts/top/tree/${path}`) ?? {};
        expect({ isFolder, isExecutable }).toEqual({
          isFolder: path === 'empty',
          isExecutable: path === 'a/z',
        });
      }
    }
  }
});

test('killed before any change while a folder replaces its former self, the next run is right', async () => {
  const former = folders.with(0, { ...folders[0], params: { x: 2 } });
  const edited = async () => {
    const machine = new Machine();
    await machine.run(former);
    return machine;
  };
  const whole = await edited();
  const { changes } = await whole.run(folders);
  for (let at = 1; at <= changes; at += 1) {
    const machine = await edited();
    await machine.run(folders, at);
    machine.resume(at % 2 === 0 ? undefined : chooser(at));
    await expectRecovery(machine, folders, whole.artifacts());
  }
});

test('stopped at any change after an edit of a stage, the next run does what is left of it', async () => {
  const nodes: readonly Node[] = [
    ...diamond.map((node) => (node.id === 'left' ? { ...node, module: 'edited' } : node)),
    { id: 'apart', params: 'other' },
  ];
  const edited = async () => {
    const machine = new Machine();
    machine.edit('1');
    await machine.run(nodes);
    machine.edit('2');
    return machine;
  };
  const undisturbed = await edited();
  const { changes, events } = await undisturbed.run(nodes);
  expect(eventsOf(events, 'finished').map(({ instance }) => instance)).toEqual(['left', 'bottom']);
  expect(changes).toBeGreaterThan(40);
  for (let at = 1; at <= changes; at += 1) {
    for (const choose of [undefined, chooser(at)]) {
      const machine = await edited();
      await machine.run(nodes, at);
      machine.resume(choose);
      await expectRecovery(machine, nodes, undisturbed.artifacts());
    }
  }
});

test('what a run found half done after a kill is for good when that run has told of it', async () => {
  const { artifacts, changes } = await undisturbed(diamond);
  for (let at = 1; at <= changes; at += 1) {
    const machine = new Machine();
    await machine.run(diamond, at);
    machine.resume();
    await machine.run(diamond);
    machine.resume(chooser(at));
    await expectRecovery(machine, diamond, artifacts);
  }
});

test('the log of actions is compacted whole or not at all', async () => {
  for (let at = 1; at <= 12; at += 1) {
    for (const seed of [1, 2, 3]) {
      const machine = new Machine();
      await machine.run(diamond);
      const begin = machine.disk.changes;
      machine.disk.interfere = (change) =>
        change - begin >= at ? new MachineStopped() : undefined;
      try {
        new Cache(ROOT, machine.disk, '').actions.compact(({ instance }) => instance !== 'bottom');
      } catch (error) {
        expect(error).toBeInstanceOf(MachineStopped);
      }
      machine.resume(chooser(seed * 100 + at));
      expect([3, 4]).toContain(new Cache(ROOT, machine.disk, '').actions.size);
    }
  }
});

test('gc that is stopped at any change loses nothing that it keeps, and no file of a record', async () => {
  const old: readonly Node[] = [{ id: 'top', params: { x: 2 } }];
  for (let at = 1; at < 60; at += 1) {
    const machine = new Machine();
    await machine.run(old);
    await machine.run(diamond);
    const cache = new Cache(ROOT, machine.disk, machine.project.boot);
    const begin = machine.disk.changes;
    machine.disk.interfere = (change) => (change - begin >= at ? new MachineStopped() : undefined);
    const codeOf = (module: string) => `code of ${module}`;
    await collectGarbage(cache, [declared(diamond)], codeOf, [], 1, false).catch((error: unknown) =>
      expect(error).toBeInstanceOf(MachineStopped),
    );
    machine.resume(chooser(at));
    const again = await machine.run(diamond);
    expect(again.result?.counts).toMatchObject({ ran: 0, failed: 0 });
    const { ok, events } = await machine.project.run(declared(old));
    expect({ ok, warnings: eventsOf(events, 'warning') }).toEqual({ ok: true, warnings: [] });
  }
});

/** Graphs of some instances, each needing some of those before it. */
const graphs = fc
  .array(fc.record({ param: fc.nat(2), needs: fc.array(fc.nat(20), { maxLength: 3 }) }), {
    minLength: 2,
    maxLength: 7,
  })
  .map((rows) =>
    rows.map(({ param, needs }, i): Node => {
      const upstream = i === 0 ? [] : needs.map((need) => `n${need % i}`);
      return { id: `n${i}`, params: { param }, needs: [...new Set(upstream)].sort() };
    }),
  );

/** One stop: when, as part of an undisturbed run; how; and a param edited before the run. */
const stops = fc.array(
  fc.record({
    when: fc.double({ min: 0, max: 1, noNaN: true }),
    power: fc.option(fc.nat()),
    edit: fc.option(fc.record({ at: fc.nat(), param: fc.nat(2) })),
  }),
  { minLength: 1, maxLength: 5 },
);

test('edited, killed and cut off again and again, a pipeline ends as if nothing had happened', async () => {
  let stopped = 0;
  await fc.assert(
    fc.asyncProperty(graphs, stops, async (start, plan) => {
      const machine = new Machine();
      let nodes = start;
      for (const { when, power, edit } of plan) {
        if (edit !== null) {
          const index = edit.at % nodes.length;
          nodes = nodes.with(index, { ...nodes[index], params: { param: edit.param } });
        }
        const { changes } = await undisturbed(nodes);
        const { result } = await machine.run(nodes, 1 + Math.floor(when * changes));
        if (result === undefined) stopped += 1;
        machine.resume(power === null ? undefined : chooser(power));
      }
      await expectRecovery(machine, nodes, (await undisturbed(nodes)).artifacts);
    }),
    // A failure is a whole machine: shrinking one takes minutes.
    { numRuns: 100, endOnFailure: true },
  );
  expect(stopped).toBeGreaterThan(150);
});

/** What the system says, what it is called, and which changes it refuses. */
const refusals: readonly (readonly [string, RegExp, (operation: string) => boolean])[] = [
  ['ENOSPC', /the disk is full/, (operation) => operation !== 'remove' && operation !== 'sync'],
  ['EROFS', /the file system is read-only/, () => true],
  // A stage that may not write says so in its own words.
  ['EACCES', /permission denied/, (operation) => operation !== 'write'],
  ['EIO', /input\/output error/, () => true],
  ['EXDEV', /spans several disks/, (operation) => operation === 'rename'],
];

test.each(refusals)(
  '%s from any change on is one clear error, and no result is lost or wrong',
  async (code, words, isRefused) => {
    const { artifacts, changes } = await undisturbed(diamond);
    let told = 0;
    for (let at = 1; at <= changes; at += 2) {
      const machine = new Machine();
      const begin = machine.disk.changes;
      machine.disk.interfere = (change, operation, path) =>
        change - begin >= at && isRefused(operation) ? systemError(code, path) : undefined;
      const events: RunEvent[] = [];
      const error = await machine.project.run(declared(diamond), { events }).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      const said = eventsOf(events, 'failed').map(({ failure }) => failure.message);
      if (error !== undefined) {
        expect(error).toBeInstanceOf(RunError);
        said.push((error as RunError).message);
      }
      // What fails when all is in place costs nothing but time: it need not be said.
      if (said.length === 0) expect(machine.artifacts()).toEqual(artifacts);
      told += Math.sign(said.length);
      for (const message of said) expect(message).toMatch(words);
      for (const { key } of eventsOf(events, 'finished')) machine.done.add(key);
      machine.resume();
      await expectRecovery(machine, diamond, artifacts);
    }
    expect(told).toBeGreaterThan(changes / 4);
  },
);

test('a disk that cannot be written shows what is there', async () => {
  const machine = new Machine();
  await machine.run(diamond);
  machine.disk.interfere = (_, __, path) => systemError('EROFS', path);
  const { ok, counts } = await machine.project.run(declared(diamond));
  expect({ ok, current: counts.current }).toEqual({ ok: true, current: 4 });
});

test('what killed runs left half written is cleared away by the next run', async () => {
  const { changes } = await undisturbed(diamond);
  for (let at = 1; at <= changes; at += 1) {
    const machine = new Machine();
    await machine.run(diamond, at);
    machine.resume();
    await machine.run([...diamond, { id: 'more', params: 'new' }]);
    const left = Object.keys(machine.disk.files(ROOT)).filter(
      (path) => /\.(tmp|part|own)$/.test(path) || path.includes('/cache/tmp/'),
    );
    expect({ at, left }).toEqual({ at, left: [] });
    expect(new Cache(ROOT, machine.disk, '').actions.size).toBe(5);
  }
});
