// Ask On the Record over its API, and print each statement as soon as it comes, then the sources.
//
//     node examples/ask.mjs "What is a straw purchaser?" [http://127.0.0.1:7860] [KEY]
//
// Needs Node 18 or newer, and nothing else. A key is needed only where the office wants one.

const [question, address = "http://127.0.0.1:7860", key = ""] = process.argv.slice(2);
if (!question) fail('usage: node examples/ask.mjs "QUESTION" [ADDRESS] [KEY]');

function fail(text) {
  console.error(text);
  process.exit(1);
}

// The events of an answer: `statement` for each that is said while it is written, and last `answer`, the whole of it.
async function* events() {
  const headers = { "Content-Type": "application/json", Accept: "text/event-stream" };
  if (key) headers.Authorization = `Bearer ${key}`;
  const reply = await fetch(`${address}/api/v1/ask`, { method: "POST", headers, body: JSON.stringify({ question }) });
  if (!reply.ok) fail(`${reply.status}: ${(await reply.json()).detail}`);
  let text = "";
  for await (const piece of reply.body.pipeThrough(new TextDecoderStream())) {
    text += piece;
    const blocks = text.split("\n\n");
    text = blocks.pop();
    for (const block of blocks) {
      const lines = block.split("\n");
      const part = (name) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      if (part("data")) yield [part("event"), JSON.parse(part("data"))];
    }
  }
}

function printSources(answer) {
  if (!answer.answered) console.log("The releases don't say.", answer.reason);
  for (const citation of answer.citations) {
    console.log(`\n[${citation.n}] ${citation.title}, paragraph ${citation.paragraph + 1}`);
    console.log(`    “${citation.quote}”`);
    console.log(`    ${citation.link ?? citation.release_id}`);
  }
}

let said = 0;
for await (const [name, data] of events()) {
  if (name === "error") fail(data.detail);
  const statements = name === "statement" ? [data] : data.statements.slice(said);
  for (const { text, citations } of statements) console.log(text, ...citations.map((number) => `[${number}]`));
  said += statements.length;
  if (name === "answer") printSources(data);
}
