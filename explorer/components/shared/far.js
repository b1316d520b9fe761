import {unplane} from "./packing.js";
import {shared} from "./page.js";

// Arrays that lie at an address of the server: fetched once, kept for as long as there is room, shared by all figures.
// An address never changes what lies there. A fetch that finds nothing there rejects with Lost; what fails otherwise
// (no network, or nothing is heard for a while) is tried again, ever more patiently.

const ROOM = 32 * 2 ** 20;
const SLOWEST_MS = 8000;
const [SILENCE_MS, MOST_SILENCE_MS] = [15000, 240000]; // until an answer begins; the rest is the network's affair

export class Lost extends Error {}

function shelf() {
  return (shared().far ??= {arrays: new Map(), coming: new Map(), size: 0});
}

// The array if it is here, else null.
export function here({address}) {
  const {arrays} = shelf();
  const array = arrays.get(address);
  if (!array) return null;
  arrays.delete(address);
  arrays.set(address, array); // the last used is the last to go
  return array;
}

// A promise of the array, whether it is here or not.
export function bring(entry) {
  const {coming} = shelf();
  const known = here(entry);
  if (known) return Promise.resolve(known);
  if (!coming.has(entry.address)) {
    coming.set(entry.address, ask(entry).finally(() => coming.delete(entry.address)));
  }
  return coming.get(entry.address);
}

async function ask(entry) {
  for (let n = 0; ; n++) {
    const given = new AbortController();
    const patience = setTimeout(() => given.abort(), Math.min(SILENCE_MS * 2 ** n, MOST_SILENCE_MS));
    try {
      const address = `array/${entry.address}${n ? `?${n}` : ""}`; // another name: what is stuck is not waited for
      const answer = await fetch(new URL(address, document.baseURI), {signal: given.signal});
      clearTimeout(patience);
      if (answer.status === 404) throw new Lost(entry.address);
      if (answer.ok) return keep(entry, unplane(new Uint8Array(await answer.arrayBuffer()), entry.dtype));
    } catch (error) {
      if (error instanceof Lost) throw error;
    } finally {
      clearTimeout(patience);
    }
    await new Promise((resolve) => setTimeout(resolve, Math.min(250 * 2 ** n, SLOWEST_MS)));
  }
}

function keep({address}, array) {
  const all = shelf();
  all.arrays.set(address, array);
  all.size += array.byteLength;
  for (const [oldest, other] of all.arrays) {
    if (all.size <= ROOM || oldest === address) break;
    all.arrays.delete(oldest);
    all.size -= other.byteLength;
  }
  return array;
}
