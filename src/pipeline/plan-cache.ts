import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { seal, sha256, unseal } from '../loader/sealed.mjs';
import type { Graph } from './graph.ts';
import { decodePlan, encodePlan, PLAN_FORMAT } from './plan.ts';

/** Plans to keep: a few profiles and `--set`s in turn, before and after an edit. */
const KEPT = 24;

/** Graphs by what they were made from. Losing one costs the time to make it again. */
export class PlanCache {
  readonly #folder: string;

  /** @param root of the project */
  constructor(root: string) {
    this.#folder = join(root, 'cache', 'plans');
  }

  /** @param parts everything the graph depends on, as texts */
  static key(parts: readonly string[]): string {
    return sha256(JSON.stringify([PLAN_FORMAT, ...parts]));
  }

  /** `undefined` if there is none or if it is damaged. */
  read(key: string): Graph | undefined {
    try {
      const plan = unseal(readFileSync(this.#path(key), 'utf8'));
      return plan === undefined ? undefined : decodePlan(plan);
    } catch {
      return undefined;
    }
  }

  /** Does nothing where nothing can be written: a cache only. */
  write(key: string, graph: Graph): void {
    const temporary = `${this.#path(key)}.${process.pid}.tmp`;
    try {
      const plan = seal(encodePlan(graph));
      mkdirSync(this.#folder, { recursive: true });
      writeFileSync(temporary, plan);
      renameSync(temporary, this.#path(key));
      this.#prune();
    } catch {
      rmSync(temporary, { force: true });
    }
  }

  #prune(): void {
    const byAge = readdirSync(this.#folder)
      .map((name) => ({ name, time: statSync(join(this.#folder, name)).mtimeMs }))
      .sort((a, b) => b.time - a.time);
    for (const { name } of byAge.slice(KEPT)) rmSync(join(this.#folder, name), { force: true });
  }

  #path(key: string): string {
    return join(this.#folder, `${key}.json`);
  }
}
