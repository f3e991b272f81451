/** Anything JSON can hold: parameters travel between processes and into action keys as this. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };
