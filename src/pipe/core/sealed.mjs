import { createHash } from 'node:crypto';

/** @param {string | Uint8Array} data */
export const sha256 = (data) => createHash('sha256').update(data).digest('hex');

const HEAD = '{"sha256":"';
const MIDDLE = '","value":';
const START = HEAD.length + 64 + MIDDLE.length;

/**
 * JSON that tells whether it is whole: a digest of the value stands before it.
 * @param {string} json
 */
export const seal = (json) => `${HEAD}${sha256(json)}${MIDDLE}${json}}`;

/**
 * The JSON that was sealed; `undefined` if a single bit of it changed.
 * @param {string} text
 */
export function unseal(text) {
  const json = text.slice(START, -1);
  return text === seal(json) ? json : undefined;
}
