// The button of stop_button.py: one press tells the server, and the button rests until the run has ended.

export default function (component) {
  const {data, parentElement} = component;
  let button = parentElement.querySelector("button");
  if (!button) {
    button = document.createElement("button");
    button.type = "button";
    parentElement.append(button);
  }
  button.textContent = data.label;
  button.lang = data.lang;
  button.disabled = false;
  const stop = () => {
    if (button.disabled) return;
    button.disabled = true;
    const told = fetch(new URL(`stop/${data.word}`, document.baseURI), {method: "POST", keepalive: true});
    told.catch(() => (button.disabled = false)); // a network that fails for a moment: it can be pressed again
  };
  // While a curve grows, the page may move between press and release, and then there is no click.
  button.onpointerdown = (event) => {
    if (event.button === 0) stop();
  };
  button.onclick = stop; // from the keyboard
}
