() => {
  document.documentElement.lang = "LANGUAGE";
  const told = (id, text) => {
    const button = document.querySelector(id);
    const before = button.textContent;
    button.textContent = text;
    setTimeout(() => { button.textContent = before; }, 2000);
  };
  window.onTheRecord = {
    copy(text, copied, nothing) {
      navigator.clipboard.writeText(text);
      told("#otr-copy", text ? copied : nothing);
    },
    share(asked, shared) {
      const last = asked.length ? "?q=" + encodeURIComponent(asked[asked.length - 1]) : "";
      navigator.clipboard.writeText(location.origin + location.pathname + last);
      told("#otr-share", shared);
    },
  };
  // Gradio takes aria attributes out of a message, so the numbers get theirs here: their name, and their quote as what describes them.
  new MutationObserver(() => {
    for (const number of document.querySelectorAll("a.otr-cite:not([aria-label])")) {
      number.setAttribute("aria-label", SOURCE.replace("{number}", number.textContent.replace(/\D/g, "")));
      number.setAttribute("aria-describedby", number.nextElementSibling.id);
    }
  }).observe(document.body, { childList: true, subtree: true });
  // A quote beside its number goes away with Escape, and comes again when a number is pointed at or focused anew (WCAG 2.1, 1.4.13).
  const away = (gone) => document.documentElement.classList.toggle("otr-no-tips", gone);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") away(true); });
  document.addEventListener("pointerout", (event) => { if (event.target.closest?.(".otr-at")) away(false); });
  document.addEventListener("focusin", () => away(false));
  // A finger has no hover: the first tap on a number shows its quote, the second follows it.
  let tapped = null;
  document.addEventListener("click", (event) => {
    const number = event.target.closest?.("a.otr-cite");
    const folded = number && document.querySelector(number.getAttribute("href"))?.closest("details");
    if (folded) folded.open = true;
    if (number && number !== tapped && matchMedia("(hover: none)").matches) {
      event.preventDefault();
      number.focus();
    }
    tapped = number;
  });
}
