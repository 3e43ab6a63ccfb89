/* What a server adds: files of what was corrected, and learning from it. */

const served = JSON.parse(document.querySelector("#served").textContent);
const LONG = 600_000;

/* Send a page as it is now; what comes back, or why nothing does. */
async function send(editor, name, what) {
  const answer = await fetch(`pages/${name}/${what}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(editor.transcript.toPage()),
    signal: AbortSignal.timeout(LONG),
  });
  if (answer.ok) return answer;
  const told = await answer.json().catch(() => ({ error: `the server said ${answer.status}` }));
  throw new Error(told.hint ? `${told.error} (${told.hint})` : told.error);
}

/* A button that is out of use while its work is done. */
function working(text, work, attributes = {}) {
  const made = button(text, async () => {
    made.disabled = true;
    try {
      await work();
    } catch (error) {
      say(error.name === "TypeError" ? "The server does not answer." : error.message);
    } finally {
      made.disabled = false;
    }
  }, attributes);
  return made;
}

editors.forEach((editor, number) => {
  const name = served.pages[number];
  const file = (text, kind, ending) =>
    working(text, async () => {
      const answer = await send(editor, name, kind);
      download(`${nameOf(editor.page)}${ending}`, await answer.arrayBuffer(), "application/octet-stream");
      editor.saved = editor.transcript.lines;
      say(`${nameOf(editor.page)}${ending} downloaded`);
    });
  const learn = working("Learn from this page", async () => {
    say("Learning; this takes up to a minute.");
    const { said } = await (await send(editor, name, "learn")).json();
    learned.textContent = `Learned: ${said}.`;
    say(said);
  }, { title: "The model that reads is taught from the text as it stands now" });
  const learned = element("p", { class: "learned" });
  editor.section.querySelector(".downloads").append(file("Download table", "csv", ".csv"), file("Download PDF", "pdf", ".pdf"), learn);
  editor.section.querySelector(".title").append(learned);
});
const header = document.querySelector("header");
header.append(element("a", { href: "./" }, "Read other pictures"));
if (served.failed.length) {
  const failed = element("ul", { class: "failed", role: "alert" }, ...served.failed.map((one) => element("li", {}, one)));
  header.after(failed);
}
