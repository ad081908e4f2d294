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

/* Says on the button whether it was copied, and after a while what it is again. */
function say(button, text) {
  if (button.dataset.before) return;
  const name = button.getAttribute("aria-label");
  button.dataset.before = button.textContent;
  button.textContent = text;
  if (name) button.setAttribute("aria-label", text);
  setTimeout(() => {
    button.textContent = button.dataset.before;
    if (name) button.setAttribute("aria-label", name);
    delete button.dataset.before;
  }, 2000);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-text]");
  if (!button || button.dataset.before) return;
  say(button, (await copied(button.dataset.text, button.dataset.html)) ? "Copied" : "Not copied");
});

/* The words that are selected of one paragraph, as the release has them; else the paragraph that is chosen, or that the selection begins in. */
function chosen(range) {
  const from = range && range.startContainer.parentElement?.closest("article .text");
  const to = range && range.endContainer.parentElement?.closest("article .text");
  if (from && from === to && range.toString().trim()) return [from.closest("article"), range.toString().trim()];
  const article = (from || to)?.closest("article") || document.querySelector("article[aria-current]");
  return article ? [article, article.querySelector(".text").textContent] : [null, ""];
}

function escaped(text) {
  const made = document.createElement("p");
  made.textContent = text;
  return made.innerHTML;
}

const selecting = document.getElementById("copy-selection");
if (selecting) {
  let last = null; // a tap on the button takes the selection away on some phones
  selecting.parentElement.hidden = false;
  document.addEventListener("selectionchange", () => {
    const now = document.getSelection();
    if (now.rangeCount && !now.isCollapsed) last = now.getRangeAt(0).cloneRange();
    else if (document.activeElement !== selecting) last = null;
  });
  selecting.addEventListener("click", async () => {
    const [article, text] = chosen(last);
    if (!article) return say(selecting, "Select words first");
    const { source, sourceHtml } = article.dataset;
    const done = await copied(`“${text}” — ${source}`, `<p>“${escaped(text)}” — ${sourceHtml}</p>`);
    say(selecting, done ? "Copied" : "Not copied");
  });
}
