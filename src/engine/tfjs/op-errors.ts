import { EngineError, modelLine } from '../step/errors.ts';

/**
 * The tfjs op (`conv2d`, `matMul`) that was running when the stack was taken, innermost first: tfjs
 * names the functions of its ops `matMul_` or `matMul__op`.
 */
export function runningOp(stack: string | undefined): string | undefined {
  return /\bat (?:Object\.)?(\w+?)_+(?:op)? \(/.exec(stack ?? '')?.[1];
}

/** The message of tfjs's own error for a kernel that a backend does not have. */
export function missingKernelMessage(kernel: string, backend: string): string {
  return `kernel '${kernel}' not registered for backend '${backend}'`;
}

/**
 * Turns an error thrown inside tfjs into one that names the op and the line of model code; for a kernel
 * that the engine lacks, the op that needs it.
 */
export function explainOpError(cause: unknown): EngineError {
  const { message, stack } = cause instanceof Error ? cause : new Error(String(cause));
  const line = modelLine(stack);
  const op = runningOp(stack);
  const kernel = /kernel '(\w+)' (?:not registered )?for backend/i.exec(message)?.[1];
  const explanation = explanationOf(message, op, kernel);
  return new EngineError(line === undefined ? explanation : `${explanation}\n    at ${line}`, {
    cause,
  });
}

function explanationOf(message: string, op: string | undefined, kernel: string | undefined) {
  if (kernel !== undefined) {
    const user = op === undefined ? '' : `, which tf.${op} needs,`;
    return `kernel ${kernel}${user} is not implemented by the engine`;
  }
  return op === undefined || message.includes(op) ? message : `tf.${op}: ${message}`;
}
