export { default } from '../train-variant.ts';
