/** A quick experiment. */
export const SETTINGS = {
  fillers: 16,
  fillerLength: 8,
  bindings: 4,
  roleLengths: [2, 4, 16],
  depths: [0, 2, 4],
  dimensions: [16, 256],
  trials: 10,
  seed: 1,
};
