export { default } from '../evaluate.ts';
