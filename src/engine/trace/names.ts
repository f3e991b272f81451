/**
 * Names in the ONNX graph of a step. A graph has one namespace for inputs and outputs, so state and
 * outputs get a prefix where they could clash with an input.
 */

export function stateName(name: string): string {
  return `state/${name}`;
}

export function nextStateName(name: string): string {
  return `next/${name}`;
}

/** A name that none of the others has. */
export function freeName(name: string, taken: { has(name: string): boolean }): string {
  return taken.has(name) ? freeName(`${name}_`, taken) : name;
}

/** @param inputs names of the graph's inputs */
export function outputName(name: string, inputs: { has(name: string): boolean }): string {
  return inputs.has(name) ? `output/${name}` : name;
}
