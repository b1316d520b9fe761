// What a page has asked of its server and what has come of it, for those who wait until nothing is under way: the page
// itself says so only while a run is under way, not between a click and the run that it causes, nor between a run that
// ended for another and that other. Reads the outermost fields of Streamlit's messages (BackMsg, ForwardMsg).
(() => {
  const ASKS = (11 << 3) | 2; // BackMsg.rerun_script
  const BY_ITSELF = 6 << 3; // … its is_auto_rerun: a part of a page that is drawn every so often
  const BEGINS = (4 << 3) | 2; // ForwardMsg.new_session
  const ENDS = 6 << 3; // ForwardMsg.script_finished
  const FOR_ANOTHER = 2; // … FINISHED_EARLY_FOR_RERUN

  // due: a run is to come; open: one is under way; since: when the last of this was heard
  const runs = (window.__runs = {due: false, open: false, since: 0});

  const number = (bytes, place) => {
    let value = 0;
    for (let weight = 1; ; weight *= 128) {
      const byte = bytes[place.at++];
      value += (byte & 127) * weight;
      if (!(byte & 128)) return value;
    }
  };

  // Calls act(tag, value) for each field from `at` on; the value of one that holds bytes is their number.
  const fields = (bytes, at, act) => {
    const place = {at};
    while (place.at < bytes.length) {
      const tag = number(bytes, place);
      const value = number(bytes, place);
      act(tag, value);
      if ((tag & 7) === 2) place.at += value;
      else if (tag & 7) return;
    }
  };

  const heard = (tag, value) => {
    const since = performance.now();
    if (tag === BEGINS) Object.assign(runs, {due: false, open: true, since});
    if (tag === ENDS) Object.assign(runs, {due: runs.due || value === FOR_ANOTHER, open: false, since});
  };

  const byItself = (bytes) => {
    const place = {at: 1};
    number(bytes, place); // how long the question is
    let found = false;
    fields(bytes, place.at, (tag, value) => (found ||= tag === BY_ITSELF && value === 1));
    return found;
  };

  const sockets = new WeakSet();
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    if (data?.[0] === ASKS) {
      if (!sockets.has(this)) {
        sockets.add(this);
        runs.due = runs.open = false; // what was under way for another socket is lost with it
        this.addEventListener("message", ({data}) => {
          if (data instanceof ArrayBuffer) fields(new Uint8Array(data), 0, heard);
        });
      }
      if (!runs.due && !byItself(data)) Object.assign(runs, {due: true, since: performance.now()});
    }
    return send.call(this, data);
  };
})();
