import type { Diagnostic } from '../core/diagnostic.ts';
import type { Json } from '../core/json.ts';
import type { Arity, Coordinates, Cost } from './contract.ts';

/** Names an instance: `plot`, or `train[deck=27,game=union,model=contrastive,dim=8,seed=1]`. */
export type InstanceId = string;

/** One artifact of an upstream instance. */
export interface InputSource {
  readonly instance: InstanceId;
  /** Name of the output in the upstream contract, e.g. `weights`. */
  readonly output: string;
  /** Coordinates of the upstream instance. */
  readonly axes: Coordinates;
}

/** A named input of an instance and the artifacts it reads, ordered by their coordinates. */
export interface InputBinding {
  readonly name: string;
  readonly arity: Arity;
  readonly sources: readonly InputSource[];
}

/** What a running instance occupies; the scheduler keeps the sum within the machine's. */
export interface Resources {
  readonly cpus: number;
  /** Bytes. */
  readonly memory?: number;
  readonly gpus?: number;
}

/** One run of a stage: a node of the graph, with all that decides its result except code and input contents. */
export interface Instance {
  readonly id: InstanceId;
  readonly stage: string;
  /** The group that the stage belongs to; the main study's stages belong to none. */
  readonly group?: string;
  /**
   * Name of the stage file, `stages/<module>.ts`; `studies/rank` in a group's folder. It is the stage's own name unless pipeline.yaml
   * says `use: <module>`, which lets several stages share one implementation (an ablation that
   * trains with other params is `compare-objectives: { use: train, ... }`). Part of the action key
   * is the module, never the stage's name, so equal work under two names is done once.
   */
  readonly module: string;
  readonly axes: Coordinates;
  /** Canonical parameters: parsed by the stage's schema, defaults filled in. */
  readonly params: Json;
  readonly inputs: readonly InputBinding[];
  /** Output name -> file name. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Where its artifacts go, relative to the project: `artifacts/train/deck=27,game=union,...`. */
  readonly folder: string;
  readonly resources: Resources;
  /** Milliseconds after which the instance counts as hung. */
  readonly timeout?: number;
  /** How often a failed instance is tried again. */
  readonly retries: number;
  /** Milliseconds before the first retry, doubled before each other; a second unless given. */
  readonly backoff?: number;
  readonly cost?: Cost;
}

/** The expanded pipeline of one profile. Every instance comes after those it reads from. */
export interface Graph {
  readonly key?: GraphKey;
  readonly profile: string;
  readonly instances: readonly Instance[];
}

/** Digests by which a graph is known again. */
export interface GraphKey {
  /** Of what it is declared by: the pipeline file, its groups' files, the profile and the `--set`s. */
  readonly declaration: string;
  /** Of the declaration and the code of all stages: all that it was made from. */
  readonly origin: string;
  /** Of the graph itself: graphs of one plan have equal instances in equal order. */
  readonly plan: string;
}

/** By stage file (`stages/<name>.ts`): a digest of its code, or why that cannot be known. */
export type StageCodes = Readonly<
  Record<string, { readonly digest: string } | { readonly diagnostics: readonly Diagnostic[] }>
>;

/** What a stage's contract says, as data; read in a worker so that stage code never runs in the CLI. */
export interface StageDescription {
  readonly inputs: Readonly<Record<string, Arity>>;
  readonly outputs: Readonly<Record<string, string>>;
  /** Keys of the parameter schema: the axes among them are handed to the stage. */
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
