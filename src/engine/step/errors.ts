/** A mistake in a traced step, or in the use of a program; the message says what, where and why. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
}

export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** The place in a stack frame, `path:line:column`. */
function placeIn(frame: string | undefined): string | undefined {
  return /(?:\(|\bat (?:async )?)((?:file:\/\/)?[^()]+:\d+:\d+)\)?$/
    .exec(frame?.trim() ?? '')?.[1]
    .replace(/^file:\/\//, '');
}

/** The engine's folder as stacks name it, which with source maps is not where the code runs. */
const ENGINE_FOLDER = placeIn((new Error().stack ?? '').split('\n')[1])?.replace(
  /(step[\\/])?[^\\/]*$/,
  '',
);

/**
 * The line of model code that led to an error: the innermost stack frame outside the engine, libraries
 * and Node. Tracing is synchronous, so the stack of an error thrown in a kernel still holds the line
 * that called the op.
 */
export function modelLine(stack: string | undefined): string | undefined {
  return (stack ?? '')
    .split('\n')
    .slice(1)
    .map(placeIn)
    .find((place) => place !== undefined && !isLibraryCode(place));
}

function isLibraryCode(place: string): boolean {
  return (
    place.startsWith('node:') ||
    place.includes('node_modules') ||
    (ENGINE_FOLDER !== undefined && place.startsWith(ENGINE_FOLDER))
  );
}

/** Frames between a kernel and the model's code: nested gradients put many of tfjs's own there. */
const DEEP_STACK_FRAMES = 60;

/** Runs `f` with stacks deep enough to reach the model's code. */
export function withDeepStacks<T>(f: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = DEEP_STACK_FRAMES;
  try {
    return f();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

let isSilent = false;

/** Runs `f`, which has run before and warned then. */
export function withoutWarnings<T>(f: () => T): T {
  isSilent = true;
  try {
    return f();
  } finally {
    isSilent = false;
  }
}

/** Emits a Node warning that points to the line of model code that is running. */
export function warnAtModelLine(message: string): void {
  if (isSilent) return;
  const { stack } = withDeepStacks(() => new Error());
  process.emitWarning(message, { detail: modelLine(stack) ?? '' });
}
