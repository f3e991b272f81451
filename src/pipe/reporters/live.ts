import colors from 'picocolors';
import { realClock } from '../core/clock.ts';
import type { RunEvent, StageCount } from '../events/events.ts';
import { Failures, isInterruption } from './failures.ts';
import { formatSeconds } from './format.ts';
import { comparisonLines, estimateOf, summaryLine, warningText } from './lines.ts';
import { Pace } from './pace.ts';

const { green: good, red: bad, dim, bold: strong } = colors;

/** One running instance. */
interface Running {
  readonly began: number;
  readonly estimate: number | undefined;
  readonly pace: Pace;
}

interface Stage {
  readonly total: number;
  over: number;
  failed: number;
}

/** The display of a run in progress on a terminal, as text; the caller draws it. */
export class LiveView {
  readonly #now: () => number;
  readonly #stages = new Map<string, Stage>();
  readonly #failures = new Failures();
  readonly #running = new Map<string, Running>();

  /** @param now milliseconds */
  constructor(now: () => number = () => realClock.now()) {
    this.#now = now;
  }

  /** Takes in an event; returns the lines to print above the display. */
  note(event: RunEvent, verbose = false): readonly string[] {
    return [...this.#failures.note(event), ...this.#linesOf(event, verbose)];
  }

  #linesOf(event: RunEvent, verbose: boolean): readonly string[] {
    switch (event.type) {
      case 'run-extended':
        this.#count(event.stages);
        return [];
      case 'run-started':
        this.#count(event.stages);
        return [dim(`profile ${event.profile}, run ${event.run}${estimateOf(event)}`)];
      case 'started':
        this.#running.set(event.instance, {
          began: this.#now(),
          estimate: event.estimate,
          pace: new Pace(),
        });
        return [];
      case 'progress':
        this.#running.get(event.instance)?.pace.note(event.progress, this.#now());
        return [];
      case 'finished':
        this.#running.delete(event.instance);
        this.#over(event.stage);
        return [`${good('done')} ${event.instance} ${dim(formatSeconds(event.seconds))}`];
      case 'restored':
        this.#over(event.stage);
        return [`${good('restored')} ${event.instance}`];
      case 'unchanged':
        this.#over(event.stage);
        return [];
      case 'failed': {
        this.#running.delete(event.instance);
        const stage = this.#stages.get(event.stage);
        if (stage !== undefined && !event.retry) stage.failed += 1;
        const [first, ...more] = this.#failures.tell(event, verbose);
        if (first === undefined) return [];
        return [isInterruption(event) ? first : bad(first), ...more];
      }
      case 'cancelled':
        this.#running.delete(event.instance);
        return [];
      case 'skipped':
        return [dim(`skipped ${event.instance}: ${event.because} failed`)];
      case 'output':
        return verbose ? [dim(`${event.instance}: ${event.line}`)] : [];
      case 'notice':
        return [dim(`${event.instance}: ${event.message}`)];
      case 'warning':
        return [`${bad('warning:')} ${warningText(event)}`];
      case 'compared':
        return comparisonLines(event).map((line) =>
          event.differences.length > 0 ? bad(line) : line,
        );
      case 'run-finished':
        this.#stages.clear();
        return [
          ...this.#failures.recap(),
          event.ok ? good(summaryLine(event)) : bad(summaryLine(event)),
        ];
    }
  }

  /** One line per stage, and below it one per running instance. */
  render(): readonly string[] {
    const lines: string[] = [];
    const width = Math.max(0, ...[...this.#stages.keys()].map((name) => name.length));
    for (const [name, { total, over, failed }] of this.#stages) {
      const running = [...this.#running].filter(([id]) => id === name || id.startsWith(`${name}[`));
      const counts = `${over}/${total}`;
      const mark =
        failed > 0 ? bad(`${counts}, ${failed} failed`) : over === total ? good(counts) : counts;
      const title = name.padEnd(width);
      lines.push(`${running.length > 0 ? strong(title) : title}  ${mark}`);
      for (const [id, entry] of running) {
        const where = id.slice(name.length) || id;
        lines.push(`  ${where} ${dim(this.#describe(entry))}`);
      }
    }
    return lines;
  }

  #describe({ began, estimate, pace }: Running): string {
    const now = this.#now();
    const about = estimate === undefined ? '' : ` of about ${formatSeconds(estimate)}`;
    return pace.describe(now) ?? `${formatSeconds((now - began) / 1000)}${about}`;
  }

  #count(stages: readonly StageCount[]): void {
    for (const { stage, total, current } of stages) {
      this.#stages.set(stage, { total, over: current, failed: 0 });
    }
  }

  #over(name: string): void {
    const stage = this.#stages.get(name);
    if (stage !== undefined) stage.over += 1;
  }
}
