import { createHash } from 'node:crypto';

/** @param {string | Uint8Array} data */
export function sha256(data) {
  return createHash('sha256').update(data).digest('hex');
}

const HEAD = '{"sha256":"';
const MIDDLE = '","value":';
const START = HEAD.length + 64 + MIDDLE.length;

/**
 * Puts the digest of a JSON text before it, so that damage can be detected.
 * @param {string} json
 */
export function seal(json) {
  return `${HEAD}${sha256(json)}${MIDDLE}${json}}`;
}

/**
 * The JSON that was sealed; `undefined` if a single bit of it changed.
 * @param {string} text
 */
export function unseal(text) {
  const json = text.slice(START, -1);
  return text === seal(json) ? json : undefined;
}
