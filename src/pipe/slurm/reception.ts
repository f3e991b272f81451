import type { Clock } from '../core/clock.ts';
import { thisRuntime } from '../core/machine.ts';
import type { Fleet } from './fleet.ts';
import type { Hello, Outcome, Report } from './messages.ts';
import type { Refusal } from './refusal.ts';
import type { Settlement } from './settlement.ts';
import type { Slot } from './slots.ts';
import type { Work } from './work.ts';
import type { WorkFolders } from './work-folders.ts';

/** What a report may lead to. */
interface Consequences {
  finish(work: Work, outcome: Outcome): void;
  refuseAll(why: Refusal): void;
  dismiss(slot: Slot): void;
}

interface ReceptionOptions {
  readonly clock: Clock;
  readonly folders: WorkFolders;
  readonly settlement: Settlement;
  /** Folder of the stages that agents of this run have. */
  readonly settings: { readonly stages: string };
}

type Result = Extract<Report, { readonly type: 'result' }>;

/** Takes in what agents report. */
export class Reception {
  /** Why no agent can be used at all. */
  fatal: Refusal | undefined;
  readonly #options: ReceptionOptions;
  readonly #works: Map<string, Work>;
  readonly #fleet: Fleet;
  readonly #consequences: Consequences;

  constructor(
    options: ReceptionOptions,
    works: Map<string, Work>,
    fleet: Fleet,
    consequences: Consequences,
  ) {
    this.#options = options;
    this.#works = works;
    this.#fleet = fleet;
    this.#consequences = consequences;
  }

  readonly hear = (name: string, report: Report): void => {
    const slot = this.#fleet.slots.get(name);
    // It was given up: what it had is somebody else's by now.
    if (slot === undefined) return;
    slot.heard = this.#options.clock.now();
    switch (report.type) {
      case 'alive':
        break;
      case 'hello':
        this.#welcome(slot, report);
        break;
      case 'ending':
        slot.isEnding = true;
        break;
      case 'bye':
        slot.isEnding = true;
        slot.isGone = true;
        break;
      default: {
        const { id } = report;
        const work = this.#works.get(id);
        if (work?.slot === name) this.#note(slot, work, report);
        // It ended while there was no coordinator: nobody has asked for it yet.
        else if (work === undefined && report.type === 'result') this.#keepUnasked(id, report);
      }
    }
  };

  #note(slot: Slot, work: Work, report: Extract<Report, { readonly id: string }>): void {
    const observer = work.client?.observer;
    switch (report.type) {
      case 'started':
        this.#begun(slot, work, report.pid);
        break;
      case 'progress':
        observer?.progress(report.progress);
        break;
      case 'saved':
        this.#options.folders.noteLeft(work.id, report.checkpoint);
        break;
      case 'output':
        this.#options.settlement.print(work, report.line);
        observer?.output(report.line);
        break;
      case 'result': {
        slot.work.delete(work.id);
        const outcome = outcomeOf(report);
        this.#keep(work.id, outcome);
        this.#consequences.finish(work, outcome);
      }
    }
  }

  #keepUnasked(id: string, report: Result): void {
    if (this.#options.folders.isThere(id)) this.#keep(id, outcomeOf(report));
  }

  #keep(id: string, outcome: Outcome): void {
    try {
      const { folders } = this.#options;
      if (outcome.checkpoint !== undefined) folders.noteLeft(id, outcome.checkpoint);
      folders.keepOutcome(id, outcome);
    } catch {
      // Such as a full disk: storing the result itself will say so.
    }
  }

  #welcome(slot: Slot, hello: Hello): void {
    if (hello.runtime !== thisRuntime()) {
      this.fatal = {
        message: `${hello.node} has ${hello.runtime}, but this is ${thisRuntime()}: results would not count as the same`,
        hint: 'name the same Node: `node` or `setup` of the site file',
      };
      this.#consequences.refuseAll(this.fatal);
      this.#fleet.cancel(slot);
      return;
    }
    if (slot.hello === undefined) slot.since = slot.heard;
    slot.hello = hello;
    slot.job = hello.job;
    this.#fleet.noteHello(slot);
    for (const id of hello.work) {
      if (this.#works.has(id)) continue;
      slot.work.add(id);
      this.#works.set(id, { id, kind: '', slot: slot.name, asked: slot.heard, checkpoint: '' });
    }
    const { running } = hello;
    const work = running && this.#works.get(running.id);
    if (work !== undefined && running !== undefined) this.#begun(slot, work, running.pid);
    // It runs the stages as they were: it may finish what it has.
    if (hello.stages !== this.#options.settings.stages) slot.isEnding = true;
    if (slot.isEnding && slot.work.size === 0) this.#consequences.dismiss(slot);
  }

  #begun(slot: Slot, work: Work, pid: number): void {
    if (work.host !== undefined) return;
    const { job, node } = slot.hello ?? { job: slot.job ?? '', node: '' };
    const queued = (this.#options.clock.now() - work.asked) / 1000;
    work.host = { pid, host: { node, job, queued } };
    work.client?.observer.started(pid, work.host.host);
  }
}

function outcomeOf({ type: _, id: __, ...outcome }: Result): Outcome {
  return outcome;
}
