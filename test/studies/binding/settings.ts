/** A quick experiment. */
export const SETTINGS = {
  fillers: 16,
  fillerLength: 8,
  bindings: 4,
  roleLengths: [2, 4, 16],
  depths: [0, 2, 4],
  dimensions: [16, 256],
  trials: 10,
  primitives: 8,
  shapes: [
    { leaves: 16, height: 1, width: 16 },
    { leaves: 16, height: 10, width: 2 },
  ],
  shapeNumbers: 128,
  freedoms: [0.5, 1],
  heldOut: 0.25,
  numbers: 32,
  seed: 1,
};
