import { expect } from 'vitest';
import { EngineError } from '../../src/engine/index.ts';

/** What the engine says when it refuses. */
export async function failureOf(f: () => Promise<unknown>): Promise<string> {
  const error = await f().then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(EngineError);
  return (error as EngineError).message;
}
