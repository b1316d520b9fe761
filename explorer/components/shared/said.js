import {shared} from "./page.js";

// What earlier runs have said of a figure, by digest (explorer/components/said.py): kept for as long as the page stands.

const MOST = 400; // entries a figure, more than the server counts on

/** @typedef {{key: string, known?: Record<string, string>, fresh?: Record<string, string>, [name: string]: any}} Header */

/** @param {string} key */
function toldOf(key) {
  const all = (shared().said ??= new Map());
  if (!all.has(key)) all.set(key, new Map());
  return all.get(key);
}

/**
 * Keeps what a payload says for the first time.
 * @param {Header} header
 * @param {Record<string, any>} arrays
 */
export function learn(header, arrays) {
  const told = toldOf(header.key);
  for (const [name, digest] of Object.entries(header.fresh ?? {})) {
    told.delete(digest);
    told.set(digest, name[0] === "$" ? arrays[name.slice(1)].slice() : header[name]);
  }
  for (const digest of told.keys()) {
    if (told.size <= MOST) break;
    told.delete(digest);
  }
}

/**
 * Puts what is only named in a payload into its place; false where this page was never told it.
 * @param {Header} header
 * @param {Record<string, any>} arrays
 */
export function recall(header, arrays) {
  const told = toldOf(header.key);
  for (const [name, digest] of Object.entries(header.known ?? {})) {
    if (!told.has(digest)) return false;
    const value = told.get(digest);
    told.delete(digest);
    told.set(digest, value); // the last used is the last to go
    if (name[0] === "$") arrays[name.slice(1)] = value;
    else header[name] = value;
  }
  return true;
}
