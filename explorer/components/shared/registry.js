import {shared} from "./page.js";

// What the components of one page share: the figures that can be exported, and vocabularies fetched once.

// figure: {title, element, svg(): string, csv(): string or promise of one}
export function registerFigure(key, figure) {
  shared().figures[key] = figure;
  return () => {
    if (shared().figures[key] === figure) delete shared().figures[key];
  };
}

export function figures() {
  return shared().figures;
}

// {words: [...], index: Map(word → id)}; a failed fetch is forgotten, so that the next need tries again.
export function vocabulary(url) {
  const address = new URL(url, document.baseURI).href;
  const known = shared().vocabularies;
  if (!known.has(address)) {
    const promise = fetch(address).then((answer) => {
      if (!answer.ok) throw new Error(`vocabulary: ${answer.status}`);
      return answer.json();
    }).then((words) => ({words, index: new Map(words.map((word, id) => [word, id]))}));
    promise.catch(() => known.delete(address));
    known.set(address, promise);
  }
  return known.get(address);
}
