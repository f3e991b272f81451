export { compile } from './compile.ts';
export type * from './program.ts';
export * as tf from './tf.ts';
