import type { Diagnostic, SourceRange } from '../core/diagnostic.ts';
import type { Json } from '../core/json.ts';
import type { Arity, Coordinate, Coordinates, Cost } from './contract.ts';

/** Identifies an instance: `plot`, or `train[model=small,seed=1]`. */
export type InstanceId = string;

/** One artifact of an upstream instance. */
interface InputSource {
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

/** Where raw data comes from: files of the project, or an address with the SHA-256 of what is there. */
export type RawSource =
  /** A file, a folder or a pattern, from the root of the project. */
  { readonly files: string } | { readonly url: string; readonly sha256: string };

/** A named input that no stage produces. */
export interface RawInput {
  readonly name: string;
  /** `many` for a pattern, which may match several files. */
  readonly arity: Arity;
  readonly source: RawSource;
  /** Where it is declared, for messages. */
  readonly range: SourceRange;
  /** `<stage>.<input>` whose data this reads, if it is declared there. */
  readonly as?: string;
}

/** A stage without TypeScript: a program to run. */
export interface Command {
  /** The program and its arguments, with templates. */
  readonly argv: readonly string[];
  /** Files, folders and patterns of its code, from the root of the project. */
  readonly code: readonly string[];
  /** Commands whose output belongs to the code, e.g. `['python3', '--version']`. */
  readonly tools: readonly (readonly string[])[];
  /** Path of the JSON Schema of its params. */
  readonly schema?: string;
  /** As in a contract; the file of headline metrics included. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Name of the output that holds its headline metrics. */
  readonly metrics?: string;
}

/** The commands of a pipeline, by module. */
export type Commands = Readonly<Record<string, Command>>;

/** What a running instance occupies; the scheduler keeps the total within the machine's resources. */
export interface Resources {
  readonly cpus: number;
  /** Bytes. */
  readonly memory?: number;
  readonly gpus?: number;
  /** Milliseconds that it takes at most, for a cluster to plan with; elsewhere of no effect. */
  readonly time?: number;
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
  /** Runs instead of a stage file; the module is then a name for it, see `commandModule`. */
  readonly command?: Command;
  /** Names of the environment variables that it sees besides the usual ones; left out if there are none. */
  readonly env?: readonly string[];
  readonly axes: Coordinates;
  /** Parsed by the stage's schema, with defaults filled in. */
  readonly params: Json;
  readonly inputs: readonly InputBinding[];
  /** Inputs that no stage produces; left out if there are none. */
  readonly raw?: readonly RawInput[];
  /** Instances whose tables have the values of its axes: it exists only once they ran. */
  readonly after?: readonly InstanceId[];
  /** Output name -> file name. */
  readonly outputs: Readonly<Record<string, string>>;
  /** The folder of its artifacts, relative to the project: `artifacts/train/model=small,seed=1`. */
  readonly folder: string;
  readonly resources: Resources;
  /** Whether it may run in a process after others of which something may be left; left out if not. */
  readonly sharesProcess?: true;
  /** Milliseconds after which the instance is stopped. */
  readonly timeout?: number;
  /** Number of retries after a failure. */
  readonly retries: number;
  /** Milliseconds before the first retry, doubled for each further one; default: a second. */
  readonly backoff?: number;
  readonly cost?: Cost;
}

/** An axis whose values a stage finds: a column of its table. */
export interface MappedAxis {
  readonly axis: string;
  /** The stage that makes the table; its only instance has the same id. */
  readonly stage: string;
  readonly output: string;
  readonly column: string;
  /** Digest of the table that the values were read from; `undefined` while there is none. */
  readonly table?: string;
  /** What the table says twice, for a warning. */
  readonly repeats?: string;
  /** The stages on the axis and all that wait for them: without its values they have no instances. */
  readonly stages: readonly { readonly stage: string; readonly group?: string }[];
}

/** The values of an axis as a table has them: sorted, no two of them equal as text. */
export interface TableValues {
  readonly values: readonly Coordinate[];
  /** Digest of the table. */
  readonly table: string;
  /** What the table says twice, for a warning. */
  readonly repeats?: string;
}

/** The expanded pipeline of one profile, in topological order. */
export interface Graph {
  /** Names what it was expanded from; code left out. See `declarationOf`. */
  readonly declaration?: string;
  readonly profile: string;
  readonly instances: readonly Instance[];
  /** The axes whose values come from tables. */
  readonly mapped?: readonly MappedAxis[];
}

/** By stage file (`stages/<name>.ts`), or by the module of a command: the digest of its code, or why there is none. */
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
      /** Keys of a schema that is no stage file's. */
      readonly paramKeys?: readonly string[];
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
