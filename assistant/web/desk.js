/* Copies a passage with its citation. Without this script the page still shows the citation to select. */
async function copied(text, html) {
  try {
    if (html) {
      const kinds = { "text/plain": new Blob([text], { type: "text/plain" }), "text/html": new Blob([html], { type: "text/html" }) };
      await navigator.clipboard.write([new ClipboardItem(kinds)]);
    } else {
      await navigator.clipboard.writeText(text);
    }
    return true;
  } catch {
    return copiedTheOldWay(text, html); // a page that is not served over https has no navigator.clipboard
  }
}

function copiedTheOldWay(text, html) {
  let done = false;
  const fill = (event) => {
    event.clipboardData.setData("text/plain", text);
    if (html) event.clipboardData.setData("text/html", html);
    event.preventDefault();
    done = true;
  };
  document.addEventListener("copy", fill, { once: true });
  document.execCommand("copy");
  document.removeEventListener("copy", fill);
  return done;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-text]");
  if (!button || button.dataset.before) return;
  const done = await copied(button.dataset.text, button.dataset.html);
  const name = button.getAttribute("aria-label");
  button.dataset.before = button.textContent;
  button.textContent = done ? "Copied" : "Not copied";
  button.setAttribute("aria-label", button.textContent);
  setTimeout(() => {
    button.textContent = button.dataset.before;
    button.setAttribute("aria-label", name);
    delete button.dataset.before;
  }, 2000);
});
