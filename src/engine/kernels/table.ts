import type { KernelTable } from '../symbolic.ts';
import { creation } from './creation.ts';
import { elementwise } from './elementwise.ts';
import { indexing } from './indexing.ts';
import { layout } from './layout.ts';
import { products } from './products.ts';
import { reductions } from './reductions.ts';

/** Every tfjs kernel the engine has: what is not here fails by name when traced. */
export const kernels: KernelTable = {
  ...elementwise,
  ...creation,
  ...layout,
  ...reductions,
  ...products,
  ...indexing,
};
