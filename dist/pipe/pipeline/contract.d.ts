import type { ZodType } from 'zod';
/** One value of an axis, e.g. `union` of the axis `game` or `8` of `dim`. */
export type Coordinate = string | number;
/** Where an instance sits in the matrix, e.g. `{ deck: 27, game: 'union', model: 'contrastive', dim: 8 }`. */
export type Coordinates = Readonly<Record<string, Coordinate>>;
/** How many upstream instances a named input takes: exactly `one`, or `many` (a gather over the axes the stage lacks). */
export type Arity = 'one' | 'many';
/** An artifact of an upstream instance, verified against its digest before the stage starts. */
export interface InputArtifact {
    /** Absolute path of a file to read; never write to it. */
    readonly path: string;
}
/** One of several gathered artifacts, with the coordinates of the instance that made it. */
export interface GatheredArtifact extends InputArtifact {
    readonly axes: Coordinates;
}
/** How far a stage has come. Rates and the remaining time are the reporter's to work out. */
export interface Progress {
    readonly done: number;
    readonly total: number;
    /** What is counted, in the singular: `step`, `query`, `model`. */
    readonly unit: string;
    /** Numbers worth watching, e.g. `{ loss: 0.31 }`. */
    readonly values?: Readonly<Record<string, number>>;
}
/**
 * A place for unfinished work that outlives a killed process. It belongs to the instance's action
 * key, so a changed param or an edited file can never resume from it.
 */
export interface Checkpoint {
    /** Absolute path of the folder; it exists and is empty when there is nothing to resume. */
    readonly folder: string;
}
/** What `run` is given. `I` and `O` are the contract's inputs and outputs. */
export interface StageContext<P, I extends Readonly<Record<string, Arity>>, O extends Readonly<Record<string, string>>> {
    /** The parameters, parsed by the contract's schema. */
    readonly params: P;
    /** Artifacts to read, by input name; a `many` input is ordered by its instances' coordinates. */
    readonly inputs: {
        readonly [K in keyof I]: I[K] extends 'many' ? readonly GatheredArtifact[] : InputArtifact;
    };
    /** Absolute paths to write to, by output name; every one must exist when `run` returns. */
    readonly outputs: {
        readonly [K in keyof O]: string;
    };
    readonly checkpoint: Checkpoint;
    /** Aborted when the run is cancelled or the stage's timeout is over. */
    readonly signal: AbortSignal;
    progress(progress: Progress): void;
    /** A line for the instance's log (`pipe log INSTANCE`). */
    log(message: string): void;
}
/** What running an instance is expected to cost; `pipe run --dry-run` adds these up. */
export interface Cost {
    /** Floating-point operations, a multiply-add counted as two. */
    readonly flops: number;
}
/**
 * Numbers that say in short how a result came out, e.g. `{ kl: { value: 0.12, within: 0.02 } }`: run records
 * and the lock file keep them. A plain number is compared exactly.
 */
export type Headline = Readonly<Record<string, number | HeadlineMetric>>;
/** A number and how far another one may be from it and still count as the same result. */
export interface HeadlineMetric {
    readonly value: number;
    /** Absolute; what another machine's rounding may do to it. */
    readonly within: number;
}
/** A stage's typed contract: `stages/<name>.ts` exports one as its default. */
export interface Stage<P, I extends Readonly<Record<string, Arity>>, O extends Readonly<Record<string, string>>> {
    /**
     * Schema of the parameters. An axis is handed over as a parameter of the same name if the schema
     * has that key, and only then can it influence the result (and the action key).
     */
    readonly params: ZodType<P>;
    /** Named inputs; `pipeline.yaml` binds each to `<stage>/<output>`. */
    readonly inputs: I;
    /** Named outputs and their file names, e.g. `{ weights: 'weights.arrow' }`. */
    readonly outputs: O;
    /** Expected cost, from the parameters alone. */
    readonly cost?: (params: P) => Cost;
    /** The headline metrics, read from what `run` wrote; absolute paths by output name. */
    readonly headline?: (outputs: {
        readonly [K in keyof O]: string;
    }) => Headline | Promise<Headline>;
    run(context: StageContext<P, I, O>): Promise<void> | void;
}
/**
 * A stage as the runner sees it, its types erased. `never` accepts every stage's callbacks; whoever
 * calls them has parsed the params with `params` and built the context from `inputs` and `outputs`.
 */
export interface AnyStage {
    readonly params: ZodType<unknown>;
    readonly inputs: Readonly<Record<string, Arity>>;
    readonly outputs: Readonly<Record<string, string>>;
    readonly cost?: (params: never) => Cost;
    readonly headline?: (outputs: never) => Headline | Promise<Headline>;
    run(context: never): Promise<void> | void;
}
/** Declares a stage; the identity function, for the type inference it brings. */
export declare function defineStage<P, const I extends Readonly<Record<string, Arity>>, const O extends Readonly<Record<string, string>>>(stage: Stage<P, I, O>): Stage<P, I, O>;
