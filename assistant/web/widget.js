/* On the Record: a button that opens a page of ours in a frame. Attributes: data-office, data-lang, data-theme (auto, light, dark), data-accent (#rrggbb). */
(() => {
  "use strict";
  const texts = WORDS;
  const me = document.currentScript || document.querySelector('script[data-office][src*="/widget.js"]');

  /* White text has to be readable on the accent (WCAG 2.1, 1.4.3). */
  const accentOf = (text) => {
    if (!/^#[0-9a-f]{6}$/i.test(text)) return "";
    const [red, green, blue] = [1, 3, 5].map((at) => {
      const part = parseInt(text.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= 4.5 ? text : "";
  };

  /* The page's style sheets do not reach into the shadow root, and what is inherited or put on its host is undone with inline
     properties, which a page's own !important does not outdo. */
  const HOST = {
    all: "initial", display: "block", position: "fixed", right: "0", bottom: "0", width: "0", height: "0", direction: "ltr",
    "z-index": "2147483647", visibility: "visible", opacity: "1", "pointer-events": "auto", "font-size": "16px",
  };
  const STYLE = `
    :host { color-scheme: light; }
    * { box-sizing: border-box; font: 16px/1.4 system-ui, sans-serif; }
    button { cursor: pointer; border: 0; color: #fff; background: var(--accent); }
    button:focus-visible, a:focus-visible { outline: 3px solid #fff; outline-offset: -4px; box-shadow: 0 0 0 3px #1a1a1a; }
    .open { position: fixed; right: 20px; bottom: 20px; min-height: 48px; padding: 10px 20px; border: 2px solid #fff; border-radius: 24px;
      font-weight: 600; box-shadow: 0 2px 10px rgb(0 0 0 / .35); max-width: calc(100vw - 40px); }
    dialog { position: fixed; inset: auto 20px 84px auto; margin: 0; padding: 0; width: 420px; max-width: calc(100vw - 40px); height: 640px;
      max-height: calc(100vh - 104px); border: 1px solid #767676; border-radius: 12px; overflow: hidden; background: var(--back); color: var(--text);
      box-shadow: 0 6px 30px rgb(0 0 0 / .35); }
    dialog[open] { display: flex; flex-direction: column; }
    .bar { display: flex; align-items: center; gap: 8px; padding: 0 0 0 16px; color: #fff; background: var(--accent); }
    .bar b { flex: 1; font-weight: 600; padding: 8px 0; overflow-wrap: anywhere; }
    .close { min-width: 48px; min-height: 48px; font-size: 20px; align-self: flex-start; }
    p { margin: 16px; } p a { color: inherit; }
    iframe { flex: 1; width: 100%; border: 0; min-height: 0; }
    .wait iframe { flex: none; height: 0; visibility: hidden; } dialog:not(.wait) p { display: none; }
    .box { --accent: #1d4ed8; --back: #fff; --text: #1a1a1a; }
    .dark { --back: #111827; --text: #f3f4f6; }
    @media (prefers-color-scheme: dark) { .auto { --back: #111827; --text: #f3f4f6; } }
    @media (max-width: 600px), (max-height: 480px) { dialog { inset: 0; width: 100%; max-width: none; height: 100%; max-height: none; border: 0; border-radius: 0; } }
    @media (forced-colors: active) { button, dialog { border: 2px solid; } }
    @media print { .box { display: none; } }`;

  const make = (name, attributes, ...inside) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...inside);
    return made;
  };

  const start = () => {
    if (document.querySelector("[data-on-the-record]")) return;
    const given = me.dataset;
    const asked = [given.lang, (document.documentElement.lang || "").slice(0, 2).toLowerCase()];
    const lang = asked.find((one) => Object.hasOwn(texts, one)) || Object.keys(texts)[0];
    const say = texts[lang];
    const title = say.title.replace("{office}", () => given.office || say.office);
    const theme = ["light", "dark"].find((one) => one === given.theme) || "auto";
    const accent = accentOf(given.accent || "");
    const ours = new URL(me.src).origin;
    const page = (path, more) => {
      const url = new URL(path, me.src);
      url.search = new URLSearchParams({ lang, theme, ...more });
      return url.href;
    };

    const open = make("button", { type: "button", class: "open", "aria-haspopup": "dialog", "aria-expanded": "false" }, say.open);
    const close = make("button", { type: "button", class: "close", "aria-label": say.close }, "✕");
    const wait = make("span", { role: "status" }, say.loading);
    const instead = make("a", { href: page("widget/search"), target: "_blank", rel: "noopener" }, say.instead);
    const dialog = make("dialog", { class: "wait", "aria-label": title }, make("div", { class: "bar" }, make("b", {}, title), close),
      make("p", {}, wait, " ", instead));
    const box = make("div", { class: "box " + theme, lang }, open, dialog);
    if (accent) box.style.setProperty("--accent", accent);

    const host = make("div", { "data-on-the-record": "" });
    for (const [name, value] of Object.entries(HOST)) host.style.setProperty(name, value, "important");
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    const shadow = host.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [sheet];
    shadow.append(box);

    let frame = null;
    const focusIn = () => {
      frame.focus();
      frame.contentWindow.postMessage("otr:open", ours);
    };
    open.addEventListener("click", () => {
      if (dialog.open) return dialog.close();
      if (!frame) {
        frame = make("iframe", { title, src: page("widget/frame", { site: location.origin, accent }), referrerpolicy: "origin",
          sandbox: "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox" });
        frame.addEventListener("load", () => setTimeout(() => {
          if (dialog.classList.contains("wait")) wait.textContent = say.failed;
        }, 1000));
        dialog.append(frame);
      }
      /* Full-screen, it is all there is: the rest of the page is out of reach until it is closed. */
      if (matchMedia("(max-width: 600px), (max-height: 480px)").matches) dialog.showModal();
      else dialog.show();
      open.setAttribute("aria-expanded", "true");
      if (!dialog.classList.contains("wait")) focusIn();
    });
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "Escape") dialog.close();
    });
    dialog.addEventListener("close", () => {
      /* this comes a moment after it was closed: it may be open again, and who has gone on meanwhile is left there */
      if (dialog.open) return;
      open.setAttribute("aria-expanded", "false");
      if ([document.body, host].includes(document.activeElement)) open.focus();
    });
    addEventListener("message", (event) => {
      if (!frame || event.source !== frame.contentWindow || event.origin !== ours) return;
      if (event.data === "otr:close") dialog.close();
      if (event.data === "otr:ready") {
        dialog.classList.remove("wait");
        if (dialog.open) focusIn();
      }
    });
    document.documentElement.append(host);
  };

  /* Whatever fails here must not be seen as a fault of the page that we are on. */
  const safely = () => {
    try {
      start();
    } catch (error) {
      console.warn("On the Record could not be shown.", error);
    }
  };
  if (!me) return;
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", safely, { once: true });
  else safely();
})();
