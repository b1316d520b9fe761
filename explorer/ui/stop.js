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
  button.onclick = () => {
    button.disabled = true;
    fetch(new URL(`stop/${data.word}`, document.baseURI), {method: "POST"});
  };
}
