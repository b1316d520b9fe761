// What a page has asked of its server and what has come of it, for those who wait until nothing is under way: the page
// itself says so only while a run is under way, not between a click and the run that it causes, nor between a run that
// ended for another and that other. Reads the outermost fields of Streamlit's messages (BackMsg, ForwardMsg).
(() => {
  const ASKS = (11 << 3) | 2; // BackMsg.rerun_script
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

  const heard = (bytes) => {
    const place = {at: 0};
    while (place.at < bytes.length) {
      const tag = number(bytes, place);
      if (tag === BEGINS) Object.assign(runs, {due: false, open: true, since: performance.now()});
      if (tag === ENDS) {
        const early = number(bytes, place) === FOR_ANOTHER;
        Object.assign(runs, {due: runs.due || early, open: false, since: performance.now()});
      } else if ((tag & 7) === 2) {
        const length = number(bytes, place);
        place.at += length;
      } else if ((tag & 7) === 0) number(bytes, place);
      else return;
    }
  };

  const sockets = new WeakSet();
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    if (data?.[0] === ASKS) {
      if (!sockets.has(this)) {
        sockets.add(this);
        runs.due = runs.open = false; // what was under way for another socket is lost with it
        this.addEventListener("message", (event) => event.data instanceof ArrayBuffer && heard(new Uint8Array(event.data)));
      }
      if (!runs.due) Object.assign(runs, {due: true, since: performance.now()});
    }
    return send.call(this, data);
  };
})();
