/** A mistake in traced code, or in the use of a program; the message says what, where and why. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
}

/** The place in a stack frame, `path:line:column`. */
const placeIn = (frame: string | undefined): string | undefined =>
  /(?:\(|\bat (?:async )?)((?:file:\/\/)?[^()]+:\d+:\d+)\)?$/
    .exec(frame?.trim() ?? '')?.[1]
    .replace(/^file:\/\//, '');

/** The engine's own folder, as stacks name it: they may be mapped to sources that lie elsewhere. */
const OWN_FOLDER = placeIn((new Error().stack ?? '').split('\n')[1])?.replace(/[^\\/]*$/, '');

/**
 * The place in model code that led to an error: the innermost stack frame which is neither the
 * engine's nor a library's nor Node's. Tracing is synchronous, so the stack of an error thrown in a
 * kernel still holds the line that called the op.
 */
export const modelLine = (stack: string | undefined): string | undefined =>
  (stack ?? '')
    .split('\n')
    .slice(1)
    .map(placeIn)
    .find((place) => place !== undefined && !isForeign(place));

const isForeign = (place: string): boolean =>
  place.startsWith('node:') ||
  place.includes('node_modules') ||
  (OWN_FOLDER !== undefined && place.startsWith(OWN_FOLDER));

/** Frames between a kernel and the model's code: tfjs's own, several times over inside gradients. */
const DEEP = 60;

/** Runs `f` with stacks deep enough to reach the model's code. */
export const withDeepStacks = <T>(f: () => T): T => {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = DEEP;
  try {
    return f();
  } finally {
    Error.stackTraceLimit = limit;
  }
};

/** The tfjs op (`conv2d`, `matMul`) that was running when the stack was taken, innermost first. */
export const runningOp = (stack: string | undefined): string | undefined =>
  /\bat (?:Object\.)?(\w+?)_+(?:op)? \(/.exec(stack ?? '')?.[1];

/**
 * An error from inside tfjs as one that names the op and the line of model code; for a kernel the
 * engine does not have, the op that asked for it.
 */
export const explained = (cause: unknown): EngineError => {
  const { message, stack } = cause instanceof Error ? cause : new Error(String(cause));
  const line = modelLine(stack);
  const op = runningOp(stack);
  const kernel = /kernel '(\w+)' (?:not registered )?for backend/i.exec(message)?.[1];
  const what =
    kernel !== undefined
      ? missingKernel(kernel, op)
      : op === undefined || message.includes(op)
        ? message
        : `tf.${op}: ${message}`;
  return new EngineError(line === undefined ? what : `${what}\n    at ${line}`, { cause });
};

const missingKernel = (kernel: string, op: string | undefined): string => {
  const asked = op === undefined ? '' : `, which tf.${op} asks for,`;
  return `kernel ${kernel}${asked} is not implemented by the engine`;
};
