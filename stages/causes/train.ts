export { default } from '../train.ts';
