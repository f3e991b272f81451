import { EngineError } from '../step/errors.ts';
import { interceptSideEffects } from '../tfjs/internals.ts';

/**
 * Makes side effects of a traced step errors: a variable created or assigned inside would be lost, and
 * a random number would be drawn once and repeat in every run.
 *
 * @returns a function that allows them again
 */
export function forbidSideEffects(): () => void {
  return interceptSideEffects({
    createVariable() {
      throw new EngineError(
        'a variable is created inside a traced step: declare it as state instead',
      );
    },
    assignVariable(shape) {
      throw new EngineError(
        `a variable of shape [${shape}] is assigned inside a traced step: return its next value as state`,
      );
    },
    drawRandomNumber() {
      throw new EngineError(
        'a random number is drawn inside a traced step and would be the same in every run: pass it as an input',
      );
    },
  });
}
