import { activations } from './activations.ts';
import { convolution } from './convolution.ts';
import { creation } from './creation.ts';
import { elementwise } from './elementwise.ts';
import { extremes } from './extremes.ts';
import { images } from './images.ts';
import { indexing } from './indexing.ts';
import { joining } from './joining.ts';
import { layout } from './layout.ts';
import { normalisation } from './normalisation.ts';
import { pooling } from './pooling.ts';
import { products } from './products.ts';
import { reductions } from './reductions.ts';
import type { KernelTable } from './symbolic.ts';

/** Every tfjs kernel that the engine implements; any other fails by name. */
export const kernels: KernelTable = {
  ...elementwise,
  ...activations,
  ...creation,
  ...layout,
  ...joining,
  ...reductions,
  ...extremes,
  ...products,
  ...convolution,
  ...pooling,
  ...images,
  ...normalisation,
  ...indexing,
};
