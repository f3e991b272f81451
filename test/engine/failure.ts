import { expect } from 'vitest';
import { EngineError } from '../../src/engine/index.ts';

/** The message of the EngineError that `f` fails with. */
export async function failureOf(f: () => Promise<unknown>): Promise<string> {
  const error = await f().then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(EngineError);
  return (error as EngineError).message;
}
