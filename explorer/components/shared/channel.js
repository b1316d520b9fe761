// How two components of one page speak to each other without the server. Knows names, and nothing of what is said.

/** @returns {Map<string, Set<(message: any) => boolean>>} */
function channels() {
  return (window.__sesameChannels ??= new Map());
}

/**
 * Says `message` on the channel `name`; true when someone there has acted on it.
 * @param {string} name
 * @param {any} message
 */
export function tell(name, message) {
  let answered = false;
  for (const listener of channels().get(name) ?? []) answered = listener(message) || answered;
  return answered;
}

/**
 * Calls `listener` for what is said on the channel `name`, until the function that is returned is called.
 * @param {string} name
 * @param {(message: any) => boolean} listener
 */
export function listen(name, listener) {
  const known = channels();
  if (!known.has(name)) known.set(name, new Set());
  known.get(name).add(listener);
  return () => {
    known.get(name)?.delete(listener);
  };
}
