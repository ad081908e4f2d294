/* The page in the widget's frame. All that is shown of an answer is put in as text; links lead to the web or to our own receipts. */
(() => {
  "use strict";
  const given = document.documentElement.dataset;
  const lang = document.documentElement.lang;
  const words = JSON.parse(given.words);
  const examples = JSON.parse(given.examples);
  const [form, box, log, offers, heard] = ["ask", "question", "log", "offers", "heard"].map((id) => document.getElementById(id));
  const send = document.getElementById("send");
  const AGAIN = "#again=";
  const HISTORY = 20;
  const asked = [];
  let token = given.token;
  let underWay = null;
  let numbered = 0;
  let reopened = null;

  const say = (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const make = (name, attributes = {}, ...inside) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key === "click") made.addEventListener("click", value);
      else made.setAttribute(key, value);
    }
    made.append(...inside);
    return made;
  };
  const link = (text, address) => {
    if (!/^https?:\/\//i.test(address || "")) return make("span", {}, text);
    const hint = make("span", { class: "unseen" }, " " + say("widget.new_tab"));
    return make("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, text, hint);
  };
  const button = (text, click, more = {}) => make("button", { type: "button", click, ...more }, text);
  const tell = (text) => { heard.textContent = text; };

  /* What an answer looks like */

  const source = (one, id) => {
    const where = make("p", { class: "where" }, one.where);
    if (one.link) where.append(" · ", link(say("answer.open_page"), one.link));
    const quote = make("blockquote", { lang: "en" }, one.before, make("mark", {}, one.quote), one.after);
    return make("div", { class: "source", id, hidden: "", role: "group", "aria-label": one.title }, make("h3", {}, one.title), where, quote);
  };
  const statement = (one, citations) => {
    const said = make("p", { lang: "en" }, one.text);
    for (const gloss of one.glosses) said.append(" ", make("i", {}, `[${gloss}]`));
    const shown = make("div", {}, said);
    for (const number of one.citations) {
      const cited = citations.find((each) => each.n === number);
      if (!cited) {
        said.append(` [${number}]`);
        continue;
      }
      const panel = source(cited, `source-${++numbered}`);
      const mark = button(`[${number}]`, () => {
        panel.hidden = !panel.hidden;
        mark.setAttribute("aria-expanded", String(!panel.hidden));
        const room = innerHeight - form.offsetHeight;
        if (!panel.hidden) shown.scrollIntoView({ block: shown.offsetHeight > room ? "start" : "nearest" });
      }, { class: "cite", lang, "aria-expanded": "false", "aria-controls": panel.id, "aria-label": say("widget.show", { number }) });
      said.append(" ", mark);
      shown.append(panel);
    }
    return shown;
  };
  const closest = (releases) => {
    if (!releases.length) return [];
    const items = releases.map((one) => make("li", {}, link(one.title, one.link), ` · ${one.day}`));
    return [make("p", {}, say("answer.maybe")), make("ul", {}, ...items)];
  };
  const whole = (answer) => {
    const parts = [];
    if (answer.fresh) parts.push(make("p", { class: "fresh" }, answer.fresh));
    if (answer.answered) parts.push(...answer.statements.map((one) => statement(one, answer.citations)));
    else parts.push(make("p", { class: "refused" }, make("strong", {}, answer.says), " " + answer.reason), ...closest(answer.closest));
    parts.push(...answer.notes.map((note) => make("p", { class: "note" }, note)));
    const receipt = new URL(`../receipt/${encodeURIComponent(answer.receipt)}?lang=${lang}`, location.href).href;
    parts.push(make("p", { class: "receipt" }, link(say("chat.receipt"), receipt)), opinion(answer.receipt));
    return parts;
  };

  /* Whether it was right */

  const opinion = (receipt) => {
    const kept = make("p", { class: "note" }, say("feedback.kept"));
    const told = make("p", { role: "status" });
    const reasons = ["wrong", "not_supported", "missing", "outdated"];
    const why = make("select", {}, ...reasons.map((one) => make("option", { value: one }, say(`feedback.${one}`))));
    const more = make("textarea", { rows: "2", maxlength: "1000" });
    const give = async (body) => {
      told.textContent = "";
      try {
        const reply = await fetch("../api/feedback", post({ receipt, ...body }, {}));
        told.textContent = reply.ok ? say("feedback.told") : (await reply.json()).detail;
        if (reply.ok) parts.remove();
      } catch {
        told.textContent = say("widget.unreachable");
      }
      told.focus();
    };
    const bad = make("div", { class: "bad", hidden: "" }, make("label", {}, say("feedback.why"), why), make("label", {}, say("feedback.comment"), more),
      button(say("feedback.send"), () => give({ verdict: "down", reason: why.value, comment: more.value })));
    const down = button(say("feedback.down"), () => {
      bad.hidden = !bad.hidden;
      down.setAttribute("aria-expanded", String(!bad.hidden));
      if (!bad.hidden) why.focus();
    }, { "aria-expanded": "false" });
    const parts = make("div", {}, kept, make("p", { class: "choices" }, button(say("feedback.up"), () => give({ verdict: "up" })), " ", down), bad);
    told.tabIndex = -1;
    return make("details", { class: "opinion" }, make("summary", {}, say("feedback.title")), parts, told);
  };

  /* Asking */

  const post = (body, headers) => ({
    method: "POST", credentials: "omit", cache: "no-store", body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", ...headers },
  });
  async function* events(stream) {
    const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
    let held = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      held += value;
      for (let end = held.indexOf("\n\n"); end >= 0; end = held.indexOf("\n\n")) {
        const lines = held.slice(0, end).split("\n");
        held = held.slice(end + 2);
        const field = (name) => lines.filter((line) => line.startsWith(name)).map((line) => line.slice(name.length)).join("\n");
        if (field("event: ")) yield [field("event: "), JSON.parse(field("data: "))];
      }
    }
  }
  const failed = (turn, text, question) => {
    turn.lastChild.replaceChildren(make("p", { class: "wrong" }, text), button(say("widget.again"), () => {
      if (underWay) return;
      turn.remove();
      ask(question);
    }));
    tell(text);
  };
  /* The token has run out, or the network is another one: the page is opened anew, and takes the question with it, once. */
  const openAgain = (turn, question, text) => {
    if (reopened === question) return failed(turn, text, question);
    history.replaceState(null, "", AGAIN + encodeURIComponent(question));
    location.reload();
    return undefined;
  };

  const ask = async (question) => {
    const answer = make("div", { class: "said" }, make("p", { class: "looking" }, say("widget.looking")));
    const title = make("h2", {}, make("span", { class: "unseen" }, say("widget.asked") + ": "), question);
    const turn = make("section", { class: "turn" }, title, answer);
    log.append(turn);
    offers.replaceChildren();
    let at = -1;
    /* The question stays at the top while the answer comes, until the reader scrolls. */
    const toTop = () => {
      if (at >= 0 && at !== scrollY) return;
      title.scrollIntoView({ block: "start" });
      at = scrollY;
    };
    toTop();
    tell(say("widget.looking"));
    const stopping = new AbortController();
    underWay = stopping;
    send.textContent = say("widget.stop");
    let told = 0;
    let ended = false;
    try {
      const reply = await fetch(`ask?lang=${lang}`, {
        ...post({ question, history: asked.slice(-HISTORY) }, { Accept: "text/event-stream", "X-Widget-Token": token }), signal: stopping.signal,
      });
      if (!reply.ok) {
        const text = (await reply.json().catch(() => ({}))).detail || say("chat.failed");
        return reply.status === 401 ? openAgain(turn, question, text) : failed(turn, text, question);
      }
      for await (const [name, data] of events(reply.body)) {
        if (name === "statement") {
          if (!told++) answer.replaceChildren();
          answer.append(statement(data, []));
          toTop();
          tell(data.text);
        } else if (name === "answer") {
          ended = true;
          answer.replaceChildren(...whole(data));
          asked.push(question);
          reopened = null;
          offer(say("widget.more_offers"));
          toTop();
          const all = data.answered ? data.statements.map((one) => one.text) : [data.says, data.reason];
          tell(`${say("widget.answer")}: ${told ? say("widget.done") : all.join(" ")}`);
        } else if (name === "error") {
          ended = true;
          failed(turn, say("chat.failed"), question);
        }
      }
      if (!ended) throw new Error("cut short");
    } catch (error) {
      failed(turn, error.name === "AbortError" ? say("widget.stopped") : say("widget.unreachable"), question);
    } finally {
      if (underWay === stopping) {
        underWay = null;
        send.textContent = say("chat.ask");
      }
    }
    return undefined;
  };
  const offer = (title) => {
    const left = examples.filter((one) => !asked.includes(one)).slice(0, 3);
    const items = left.map((one) => make("li", { lang: "en" }, button(one, () => {
      box.focus({ preventScroll: true });
      ask(one);
    })));
    offers.replaceChildren(...(left.length ? [make("h2", {}, title), make("ul", {}, ...items)] : []));
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (underWay) return underWay.abort();
    const question = box.value.trim();
    if (!question) return box.focus();
    box.value = "";
    ask(question);
    return undefined;
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (!underWay) form.requestSubmit();
  });

  /* The page that we are on */

  const outside = (message) => {
    if (parent !== window) parent.postMessage(message, given.site);
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) outside("otr:close");
  });
  addEventListener("message", (event) => {
    if (event.source !== parent || event.origin !== given.site || event.data !== "otr:open") return;
    /* On a phone the box would bring up the keyboard, over what there is to read. */
    if (matchMedia("(pointer: coarse)").matches) document.querySelector("h1").focus();
    else box.focus();
  });

  const renew = async () => {
    try {
      const reply = await fetch(`token?lang=${lang}`, post({}, { "X-Widget-Token": token }));
      if (!reply.ok) return;
      const fresh = await reply.json();
      token = fresh.token;
      setTimeout(renew, Number(given.renew) * 1000);
    } catch {
      setTimeout(renew, 30_000);
    }
  };
  setTimeout(renew, Number(given.renew) * 1000);

  if (given.accent) document.documentElement.style.setProperty("--accent", given.accent);
  form.hidden = false;
  offer(say("widget.offers"));
  outside("otr:ready");
  if (location.hash.startsWith(AGAIN)) {
    const question = decodeURIComponent(location.hash.slice(AGAIN.length));
    history.replaceState(null, "", location.pathname + location.search);
    reopened = question;
    ask(question);
  }
})();
