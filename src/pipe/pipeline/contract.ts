import type { ZodType } from 'zod';
import type { Json } from '../core/json.ts';

/** One value of an axis, e.g. `small` of the axis `model` or `1` of `seed`. */
export type Coordinate = string | number;

/** Where an instance sits in the matrix, e.g. `{ model: 'small', seed: 1 }`. */
export type Coordinates = Readonly<Record<string, Coordinate>>;

/** How many upstream instances a named input reads: exactly `one`, or `many` (gathered over the axes the stage lacks). */
export type Arity = 'one' | 'many';

/** An artifact of an upstream instance. Its digest is verified before the stage starts. */
export interface InputArtifact {
  /** Absolute path of the file or folder; read-only. */
  readonly path: string;
}

/** One of several gathered artifacts, with the coordinates of the instance that produced it. */
export interface GatheredArtifact extends InputArtifact {
  readonly axes: Coordinates;
}

/** Progress of a stage. Reporters derive rates and the remaining time. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  /** What is counted, in the singular: `step`, `file`, `model`. */
  readonly unit: string;
  /** Numbers worth watching, e.g. `{ loss: 0.31 }`. */
  readonly values?: Readonly<Record<string, number>>;
}

/**
 * A folder for unfinished work that survives a killed process. It belongs to the instance's action
 * key, so after a changed param or an edited file nothing stale is resumed.
 */
export interface Checkpoint {
  /** Absolute path of the folder; it exists, and is empty if there is nothing to resume. */
  readonly folder: string;
}

/** One line of `pipe doctor`. */
export interface DoctorLine {
  /** What it is about, in one word, e.g. `backend`. */
  readonly subject: string;
  readonly text: string;
  /** For a problem: what to do about it. */
  readonly fix?: string;
}

/** A project's own checks for `pipe doctor`: the default export of the file that pipeline.yaml names as `doctor`. */
export type DoctorChecks = () => readonly DoctorLine[] | Promise<readonly DoctorLine[]>;

/** An instance with a result, as a project's own report pages see it. */
export interface ReportInstance {
  /** E.g. `train[model=small,seed=1]`. */
  readonly id: string;
  readonly stage: string;
  readonly axes: Coordinates;
  readonly params: Json;
  /** Its headline metrics. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Names of its outputs. */
  readonly outputs: readonly string[];
}

/** What a project's own report pages are made of: the results of one profile, to read. */
export interface ReportContext {
  readonly profile: string;
  /** Those that have a result, each after what it reads. */
  readonly instances: readonly ReportInstance[];
  /**
   * Absolute path of an artifact; `undefined` if it has not been made.
   * @param axes coordinates that tell the instance from others of its stage; others may be left out
   * @throws if several instances match
   */
  artifact(stage: string, output: string, axes?: Coordinates): string | undefined;
  /** The artifacts of all instances of a stage, in order. */
  artifacts(stage: string, output: string): readonly GatheredArtifact[];
}

/** A page of a project's own in its report. */
export interface ReportPage {
  /** Part of the name of its file: lower-case letters, digits and dashes. */
  readonly slug: string;
  readonly title: string;
  /** What follows the title, as HTML. It is taken as it is: escape what it quotes. */
  readonly html: string;
  /**
   * Browser code: TypeScript or JavaScript files by their path from the project's root. Each is bundled with what
   * it imports, CSS too, into a classic script, as pages opened from the file system cannot load modules.
   */
  readonly scripts?: readonly string[];
  /** What the browser code reads with `report.load(name)`; read only then, so that it may be large. */
  readonly data?: Readonly<Record<string, Json | Uint8Array>>;
  /** Files that the page links to or shows as `files/<slug>/<name>`: absolute paths by name. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A project's own report pages: the default export of the file that pipeline.yaml names as `report`. */
export type ReportPages = (
  context: ReportContext,
) => readonly ReportPage[] | Promise<readonly ReportPage[]>;

/** What the browser code of a page finds as `globalThis.report`. */
export interface ReportBrowser {
  /** The page's data of that name: JSON as it was, bytes as an `Uint8Array`. Rejects if there is none. */
  load(name: string): Promise<unknown>;
}

/** The argument of `run`. `I` and `O` are the contract's inputs and outputs. */
export interface StageContext<
  P,
  I extends Readonly<Record<string, Arity>>,
  O extends Readonly<Record<string, string>>,
> {
  /** The parameters, parsed by the contract's schema. */
  readonly params: P;
  /** Artifacts to read, by input name; those of a `many` input are ordered by coordinates. */
  readonly inputs: {
    readonly [K in keyof I]: I[K] extends 'many' ? readonly GatheredArtifact[] : InputArtifact;
  };
  /** Absolute paths to write to, by output name; every file and folder must exist when `run` returns. */
  readonly outputs: { readonly [K in keyof O]: string };
  readonly checkpoint: Checkpoint;
  /** Aborted when the run is cancelled or the stage times out. */
  readonly signal: AbortSignal;
  progress(progress: Progress): void;
  /** Adds a line to the instance's log (`pipe log INSTANCE`). */
  log(message: string): void;
  /**
   * Runs a program in the stage's folder, without a shell; what it prints goes to the log. A script is part
   * of the stage's code if it is named by its address:
   * `await command(['python3', new URL('./fit.py', import.meta.url), inputs.data.path, outputs.model])`.
   *
   * @param words the program and its arguments; addresses become paths
   * @throws when it cannot be started or does not succeed
   */
  command(words: readonly (string | URL)[]): Promise<void>;
}

/** Expected cost of running an instance; `pipe run --dry-run` adds them up. */
export interface Cost {
  /** Floating-point operations, a multiply-add counted as two. */
  readonly flops: number;
}

/**
 * Numbers that summarise a result, e.g. `{ kl: { value: 0.12, within: 0.02 } }`. Run records and the
 * lock file store them. A plain number is compared exactly.
 */
export type Headline = Readonly<Record<string, number | HeadlineMetric>>;

/** A number with the tolerance within which another one counts as the same result. */
export interface HeadlineMetric {
  readonly value: number;
  /** Absolute tolerance, for rounding on other machines. */
  readonly within: number;
}

/** A stage's typed contract: `stages/<name>.ts` exports one as its default. */
export interface Stage<
  P,
  I extends Readonly<Record<string, Arity>>,
  O extends Readonly<Record<string, string>>,
> {
  /**
   * Schema of the parameters. A coordinate is passed as the parameter of its name if the schema has
   * that key; only then can it influence the result (and the action key).
   */
  readonly params: ZodType<P>;
  /** Named inputs; `pipeline.yaml` binds each to `<stage>/<output>`. Without it there are none. */
  readonly inputs?: I;
  /** Named outputs and their files, or folders with a slash at the end: `{ weights: 'weights.arrow', report: 'report/' }`. */
  readonly outputs?: O;
  /** Expected cost, as a function of the parameters. */
  readonly cost?: (params: P) => Cost;
  /** Reads the headline metrics from the outputs of `run`; absolute paths by output name. */
  readonly headline?: (
    outputs: {
      readonly [K in keyof O]: string;
    },
  ) => Headline | Promise<Headline>;
  run(context: StageContext<P, I, O>): Promise<void> | void;
}

/**
 * A stage with its types erased, as the runner uses it. `never` accepts every stage's callbacks;
 * callers must parse the params with `params` and build the context from `inputs` and `outputs`.
 */
export interface AnyStage {
  readonly params: ZodType<unknown>;
  readonly inputs?: Readonly<Record<string, Arity>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly cost?: (params: never) => Cost;
  readonly headline?: (outputs: never) => Headline | Promise<Headline>;
  run(context: never): Promise<void> | void;
}

/** Declares a stage. Returns it as it is; exists for type inference. */
export function defineStage<
  P,
  const I extends Readonly<Record<string, Arity>> = Record<never, Arity>,
  const O extends Readonly<Record<string, string>> = Record<never, string>,
>(stage: Stage<P, I, O>): Stage<P, I, O> {
  return stage;
}
