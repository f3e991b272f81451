/** A mistake in traced code, or in the use of a program; the message says what, where and why. */
export declare class EngineError extends Error {
    readonly name = "EngineError";
}
/**
 * The place in model code that led to an error: the innermost stack frame which is neither the
 * engine's nor a library's nor Node's. Tracing is synchronous, so the stack of an error thrown in a
 * kernel still holds the line that called the op.
 */
export declare const modelLine: (stack: string | undefined) => string | undefined;
/** Runs `f` with stacks deep enough to reach the model's code. */
export declare const withDeepStacks: <T>(f: () => T) => T;
/** The tfjs op (`conv2d`, `matMul`) that was running when the stack was taken, innermost first. */
export declare const runningOp: (stack: string | undefined) => string | undefined;
/**
 * An error from inside tfjs as one that names the op and the line of model code; for a kernel the
 * engine does not have, the op that asked for it.
 */
export declare const explained: (cause: unknown) => EngineError;
