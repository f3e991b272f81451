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
import { seal, sumOf, unseal } from '../core/sealed.mjs';
import { Plan } from './plan.ts';
import type { GraphSource, ModuleCodes } from './source.ts';

/** Plans to keep: a few profiles and `--set`s in turn, before and after an edit. */
const KEPT = 24;

/** A graph as it was when its stages had this code. */
export interface CachedPlan {
  readonly graph: Plan;
  readonly codes: ModuleCodes;
  /** Says that other code has the same contracts, so that the graph is the same. */
  keepFor(codes: ModuleCodes): void;
}

/** Graphs by what they were made from. Losing one costs the time to make it again. */
export class PlanCache {
  readonly #folder: string;

  /** @param root of the project */
  constructor(root: string) {
    this.#folder = join(root, 'cache', 'plans');
  }

  /** `undefined` if there is none or if it is damaged. */
  read(source: GraphSource): CachedPlan | undefined {
    const key = source.declaration;
    try {
      const text = readFileSync(this.#path(key), 'utf8');
      const end = text.indexOf('\n');
      const codes = unseal(text.slice(0, end));
      const sealed = text.slice(end + 1);
      const plan = unseal(sealed);
      if (codes === undefined || plan === undefined) return undefined;
      return {
        graph: new Plan(plan, { ...source, plan: sumOf(sealed) }),
        codes: JSON.parse(codes) as ModuleCodes,
        keepFor: (now) => this.#write(key, now, sealed),
      };
    } catch {
      return undefined;
    }
  }

  /**
   * @param plan of the graph, encoded
   * @param codes by which the stages were asked
   * @returns digest of the graph
   */
  write(key: string, plan: string, codes: ModuleCodes): string {
    const sealed = seal(plan);
    this.#write(key, codes, sealed);
    return sumOf(sealed);
  }

  /** Does nothing where nothing can be written: a cache only. */
  #write(key: string, codes: ModuleCodes, sealed: string): void {
    const temporary = `${this.#path(key)}.${process.pid}.tmp`;
    try {
      mkdirSync(this.#folder, { recursive: true });
      writeFileSync(temporary, `${seal(JSON.stringify(codes))}\n${sealed}`);
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
