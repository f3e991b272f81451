import type { Tensor } from '@tensorflow/tfjs';
import type { Optimizer } from './optimizer.ts';

/** Uses the first optimizer for the parameters whose names `isFirst` accepts, the second for the others. */
export function either(
  isFirst: (name: string) => boolean,
  first: Optimizer,
  second: Optimizer,
): Optimizer {
  const parts = [
    { optimizer: first, takes: isFirst },
    { optimizer: second, takes: (name: string) => !isFirst(name) },
  ];
  const withNames = <T>(all: Readonly<Record<string, T>>, takes: (name: string) => boolean) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => takes(name)));
  return {
    initialState: (parameters) =>
      Object.assign(
        {},
        ...parts.map(({ optimizer, takes }) =>
          optimizer.initialState(withNames(parameters, takes)),
        ),
      ),
    update: (input) => {
      const updates = parts.map(({ optimizer, takes }) =>
        optimizer.update({ ...input, gradients: withNames<Tensor>(input.gradients, takes) }),
      );
      return {
        parameters: Object.assign({}, ...updates.map(({ parameters }) => parameters)),
        state: Object.assign({}, ...updates.map(({ state }) => state)),
      };
    },
  };
}
