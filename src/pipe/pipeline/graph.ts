import type { Diagnostic } from '../core/diagnostic.ts';
import type { Json } from '../core/json.ts';
import type { Arity, Coordinates, Cost } from './contract.ts';

/** Identifies an instance: `plot`, or `train[model=small,seed=1]`. */
export type InstanceId = string;

/** One artifact of an upstream instance. */
export interface InputSource {
  readonly instance: InstanceId;
  /** Name of the output in the upstream contract, e.g. `weights`. */
  readonly output: string;
  /** Coordinates of the upstream instance. */
  readonly axes: Coordinates;
}

/** A named input of an instance with the artifacts it reads, ordered by coordinates. */
export interface InputBinding {
  readonly name: string;
  readonly arity: Arity;
  readonly sources: readonly InputSource[];
}

/** What a running instance occupies; the scheduler keeps the total within the machine's resources. */
export interface Resources {
  readonly cpus: number;
  /** Bytes. */
  readonly memory?: number;
  readonly gpus?: number;
}

/** A node of the graph: a stage at one point of its matrix, with everything its result depends on except code and inputs. */
export interface Instance {
  readonly id: InstanceId;
  readonly stage: string;
  /** The group of the stage, if any. */
  readonly group?: string;
  /**
   * The stage file `stages/<module>.ts`; `studies/rank` in a group's folder. By default it has the
   * stage's name; with `use: <module>` several stages share one file. The action key contains the
   * module, not the stage, so that equal work under two names runs once.
   */
  readonly module: string;
  readonly axes: Coordinates;
  /** Parsed by the stage's schema, with defaults filled in. */
  readonly params: Json;
  readonly inputs: readonly InputBinding[];
  /** Output name -> file name. */
  readonly outputs: Readonly<Record<string, string>>;
  /** The folder of its artifacts, relative to the project: `artifacts/train/model=small,seed=1`. */
  readonly folder: string;
  readonly resources: Resources;
  /** Milliseconds after which the instance is stopped. */
  readonly timeout?: number;
  /** Number of retries after a failure. */
  readonly retries: number;
  /** Milliseconds before the first retry, doubled for each further one; default: a second. */
  readonly backoff?: number;
  readonly cost?: Cost;
}

/** The expanded pipeline of one profile, in topological order. */
export interface Graph {
  /** Names what it was expanded from; code left out. See `declarationOf`. */
  readonly declaration?: string;
  readonly profile: string;
  readonly instances: readonly Instance[];
}

/** By stage file (`stages/<name>.ts`): the digest of its code, or why there is none. */
export type StageCodes = Readonly<
  Record<string, { readonly digest: string } | { readonly diagnostics: readonly Diagnostic[] }>
>;

/** A stage's contract as data; workers read it, so that stage code never runs in the CLI. */
export interface StageDescription {
  readonly inputs: Readonly<Record<string, Arity>>;
  readonly outputs: Readonly<Record<string, string>>;
  /** Keys of the parameter schema; coordinates with these names are passed as params. */
  readonly paramKeys: readonly string[];
}

/** The verdict of a stage's schema on one set of parameters. */
export type ParsedParams =
  | { readonly ok: true; readonly params: Json; readonly cost?: Cost }
  | {
      readonly ok: false;
      /** `path` leads into the params, e.g. `['encoder', 'layers']`. */
      readonly issues: readonly {
        readonly path: readonly (string | number)[];
        readonly message: string;
      }[];
    };

/**
 * Asks stage modules (`stages/<module>.ts`) about themselves. Implemented by the runner with its
 * workers, and cached by code digest.
 */
export interface StageDirectory {
  describe(modules: readonly string[]): Promise<Readonly<Record<string, StageDescription>>>;
  /** Parses many parameter sets of one stage module at once, in order. */
  parseParams(module: string, params: readonly Json[]): Promise<readonly ParsedParams[]>;
  /**
   * Whether a stage module answers every question as it did when its code was another.
   * @param code digest of that code
   */
  hasContractOf(module: string, code: string): Promise<boolean>;
}
