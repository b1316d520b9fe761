// What earlier runs have said of a figure, by digest (explorer/components/said.py): kept for as long as the page stands.

const MOST = 400; // entries a figure, more than the server counts on

/**
 * Puts what is only named in a payload into its place; false where this page was never told it.
 * @param {{key: string, known?: Record<string, string>, fresh?: Record<string, string>, [name: string]: any}} header
 * @param {Record<string, any>} arrays
 */
export function recall(header, arrays) {
  window.__sesame ??= {figures: {}, vocabularies: new Map()};
  const all = (window.__sesame.said ??= new Map());
  if (!all.has(header.key)) all.set(header.key, new Map());
  const told = all.get(header.key);
  for (const [name, digest] of Object.entries(header.fresh ?? {})) {
    told.delete(digest);
    told.set(digest, name[0] === "$" ? arrays[name.slice(1)].slice() : header[name]);
  }
  for (const [name, digest] of Object.entries(header.known ?? {})) {
    if (!told.has(digest)) return false;
    const value = told.get(digest);
    told.delete(digest);
    told.set(digest, value); // the last used is the last to go
    if (name[0] === "$") arrays[name.slice(1)] = value;
    else header[name] = value;
  }
  for (const digest of told.keys()) {
    if (told.size <= MOST) break;
    told.delete(digest);
  }
  return true;
}
