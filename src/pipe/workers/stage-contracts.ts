import { isDeepStrictEqual } from 'node:util';
import type { StageCodes } from '../code/stage-codes.ts';
import { seal, unseal } from '../core/checksummed-json.mjs';
import { EXIT, RunError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import { canonicalJson } from '../core/json.ts';
import { ownFrames } from '../core/own-frames.ts';
import type { Disk } from '../disk/disk.ts';
import type { Paths } from '../disk/paths.ts';
import { writeAtomically } from '../disk/write-atomically.ts';
import type { ParsedParams, StageDescription, StageDirectory } from '../pipeline/graph.ts';
import type { WorkerPool } from './pool.ts';
import type { LoadFailure } from './protocol.ts';

/** Increase when the format of a stored contract changes. */
const FORMAT = 2;

/** A stage's contract, as its current code declares it. */
interface Contract {
  readonly description?: StageDescription;
  /** Results of its schema, by canonical params. */
  readonly parsed: Record<string, ParsedParams>;
}

/**
 * Stores the contracts of stages by the digest of their code, and asks workers only about new code. Stage
 * code never runs in the process of the command.
 */
export class StageContracts implements StageDirectory {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #codes: StageCodes;
  readonly #pool: WorkerPool;
  readonly #root: string;
  readonly #contracts = new Map<string, Contract>();

  /** @param paths of the project */
  constructor(disk: Disk, { contracts, root }: Paths, codes: StageCodes, pool: WorkerPool) {
    this.#disk = disk;
    this.#folder = contracts;
    this.#root = root;
    this.#codes = codes;
    this.#pool = pool;
  }

  async describe(modules: readonly string[]): Promise<Readonly<Record<string, StageDescription>>> {
    const unknown = modules.filter((name) => this.#contract(name).description === undefined);
    if (unknown.length > 0) {
      const reply = await this.#pool.ask({ type: 'describe', modules: unknown });
      if (reply.type !== 'described') throw new Error(`a worker answered '${reply.type}'`);
      for (const [name, description] of Object.entries(reply.stages)) {
        if ('error' in description) throw cannotLoad(name, description, this.#root);
        this.#keep(name, { ...this.#contract(name), description });
      }
    }
    return Object.fromEntries(
      modules.flatMap((name) => {
        const { description } = this.#contract(name);
        return description === undefined ? [] : [[name, description]];
      }),
    );
  }

  async parseParams(module: string, params: readonly Json[]): Promise<readonly ParsedParams[]> {
    const { parsed } = this.#contract(module);
    const unknown = new Map<string, Json>();
    for (const value of params) {
      const text = canonicalJson(value);
      if (!Object.hasOwn(parsed, text)) unknown.set(text, value);
    }
    if (unknown.size > 0) {
      const request = { type: 'parse', module, params: [...unknown.values()] } as const;
      const reply = await this.#pool.ask(request);
      if (reply.type !== 'parsed') throw new Error(`a worker answered '${reply.type}'`);
      const { results, description } = reply;
      if ('error' in results) throw cannotLoad(module, results, this.#root);
      if ('error' in description) throw cannotLoad(module, description, this.#root);
      for (const [i, text] of [...unknown.keys()].entries()) parsed[text] = results[i];
      this.#keep(module, { description, parsed });
    }
    return params.map((value) => parsed[canonicalJson(value)]);
  }

  async hasContractOf(module: string, code: string): Promise<boolean> {
    const before = this.#read(`${this.#folder}/${code}.json`);
    const isKnown = this.#path(module) !== undefined;
    if (!isKnown || before?.description === undefined) return false;
    const params = Object.keys(before.parsed).map((text) => JSON.parse(text) as Json);
    // First, because the answer describes the stage too.
    const parsed = await this.parseParams(module, params);
    const { [module]: description } = await this.describe([module]);
    return (
      isDeepStrictEqual(description, before.description) &&
      isDeepStrictEqual(parsed, Object.values(before.parsed))
    );
  }

  #contract(module: string): Contract {
    const known = this.#contracts.get(module) ?? this.#read(this.#path(module)) ?? { parsed: {} };
    this.#contracts.set(module, known);
    return known;
  }

  #read(path: string | undefined): Contract | undefined {
    if (path === undefined) return undefined;
    try {
      const text = unseal(this.#disk.read(path)?.toString('utf8') ?? '');
      if (text === undefined) return undefined;
      const [format, contract] = JSON.parse(text) as [number, Contract];
      return format === FORMAT ? contract : undefined;
    } catch {
      return undefined;
    }
  }

  #keep(module: string, contract: Contract): void {
    this.#contracts.set(module, contract);
    const path = this.#path(module);
    if (path === undefined) return;
    // Not synced: one that a power cut takes, or takes a part of, is asked for again.
    try {
      writeAtomically(this.#disk, path, seal(JSON.stringify([FORMAT, contract])));
    } catch {
      // Asked again next time.
    }
  }

  #path(module: string): string | undefined {
    const code = this.#codes[module];
    return code === undefined || !('digest' in code)
      ? undefined
      : `${this.#folder}/${code.digest}.json`;
  }
}

function cannotLoad(module: string, { error, stack }: LoadFailure, root: string): RunError {
  const places = ownFrames(stack, root).map((place) => `\n  at ${place}`);
  const failure = new RunError(
    `stages/${module}.ts cannot be loaded: ${error}${places.join('')}`,
    'correct that file or what it imports',
    EXIT.usage,
  );
  if (stack !== undefined) failure.stack = stack;
  return failure;
}
