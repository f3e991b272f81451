import { EngineError } from './errors.ts';
import type {
  BatchSpec,
  NamedBatchSpecs,
  NamedSpecs,
  NamedValues,
  StepDefinition,
} from './step.ts';

/** Whether some size of a shape is the size of a batch, known when a program runs. */
export function isOpen({ shape }: BatchSpec): boolean {
  return shape.includes(null);
}

export function hasOpenBatch({ inputs }: Pick<StepDefinition, 'inputs'>): boolean {
  return Object.values(inputs).some(isOpen);
}

/** The specs of inputs for batches of a size. */
export function specsAt(specs: NamedBatchSpecs, batch: number): NamedSpecs {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { shape, dtype }]) => [
      name,
      { shape: shape.map((size) => size ?? batch), dtype },
    ]),
  );
}

/**
 * The size of the batch that some values are; 0 if no input has an open size.
 *
 * @throws EngineError when the inputs do not have one size, of at least one
 */
export function batchSizeOf(values: NamedValues, specs: NamedBatchSpecs): number {
  let found: { readonly name: string; readonly size: number } | undefined;
  for (const [name, spec] of Object.entries(specs)) {
    const data = values[name];
    if (!isOpen(spec) || data === undefined) continue;
    const row = spec.shape.reduce<number>((product, size) => product * (size ?? 1), 1);
    const open = spec.shape.filter((size) => size === null).length;
    const size = Math.round((data.length / row) ** (1 / open));
    if (size < 1 || row * size ** open !== data.length) {
      const shape = spec.shape.map((n) => n ?? 'batch').join();
      throw new EngineError(
        `input '${name}' has shape [${shape}], but ${data.length} elements are no whole batch`,
      );
    }
    if (found !== undefined && found.size !== size) {
      throw new EngineError(
        `input '${name}' is a batch of ${size}, but input '${found.name}' one of ${found.size}`,
      );
    }
    found = { name, size };
  }
  return found?.size ?? 0;
}
