// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

// The page's text. {{address}}, {{code}}, {{lead}} and {{nonce}} are filled in; none of them can hold
// anything that HTML minds.
namespace ankisync {

inline constexpr char kArrivedLead[] = "You have reached it. Give Anki this address, then log in there.";
inline constexpr char kLostLead[] =
    "There is no page here: this path is for Anki itself. What Anki wants to know is this address.";

inline constexpr char kStartPageHtml[] = R"html(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Anki sync server</title>
<style nonce="{{nonce}}">
:root { --ink: #1c2733; --soft: #4c5b6b; --paper: #f6f8fa; --card: #fff; --line: #d5dde5; --accent: #0b62a8; --good: #17693a; --bad: #a3211a }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --soft: #a9b6c3; --paper: #10161d; --card: #18212b; --line: #2f3b48; --accent: #6cb6ff; --good: #6fdc98; --bad: #ff9d94 }
}
* { box-sizing: border-box }
body { margin: 0; font: 1rem/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper) }
main { max-width: 54rem; margin: 0 auto; padding: clamp(1.25rem, 5vw, 4rem) 1.25rem }
h1 { font-size: clamp(1.6rem, 5vw, 2.3rem); line-height: 1.2; margin: 0 0 .4rem }
h2 { font-size: 1.1rem; margin: 0 0 .5rem }
p { margin: 0 0 .75rem; color: var(--soft) }
.address { display: flex; gap: 1.5rem; align-items: center; justify-content: space-between; margin: 1.75rem 0;
  padding: 1.25rem 1.5rem; background: var(--card); border: 1px solid var(--line); border-radius: .9rem }
.address div { min-width: 0 }
code { font: 600 1.15rem/1.4 ui-monospace, monospace; color: var(--accent); overflow-wrap: anywhere; user-select: all }
.code { flex: none; width: 8.5rem; color: #000; background: #fff; border-radius: .4rem; line-height: 0 }
button { margin-top: .9rem; padding: .5rem 1.1rem; font: inherit; color: var(--card); background: var(--accent);
  border: 0; border-radius: .5rem; cursor: pointer }
button:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px }
.apps { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)) }
section { padding: 1.1rem 1.35rem; background: var(--card); border: 1px solid var(--line); border-radius: .9rem }
ol { margin: 0; padding-left: 1.2rem }
li { margin: .15rem 0 }
ul { list-style: none; margin: 1.5rem 0 0; padding: 0; color: var(--soft) }
.well { color: var(--good) } .ill { color: var(--bad) }
[hidden] { display: none }
.last { margin: 1.25rem 0 0 }
@media (max-width: 36rem) { .address { flex-direction: column; align-items: flex-start } }
</style>
</head>
<body>
<main>
<h1>This is an Anki sync server.</h1>
<p>{{lead}}</p>
<div class="address">
<div>
<h2 id="label">Address for Anki</h2>
<code id="address" aria-labelledby="label">{{address}}</code>
<div><button id="copy" type="button" hidden>Copy</button> <span id="copied" role="status"></span></div>
</div>
<div class="code">{{code}}</div>
</div>
<div class="apps">
<section><h2>Anki on a computer</h2><ol>
<li>Tools, Preferences, Syncing.</li>
<li>Type the address as <strong>Self-hosted sync server</strong>, and restart Anki.</li>
<li>Click Sync and log in.</li></ol></section>
<section><h2>AnkiDroid</h2><ol>
<li>Settings, Sync, Custom sync server.</li>
<li>Type the address as <strong>Sync url</strong>, and leave the media address empty.</li>
<li>Go back, tap Sync and log in.</li></ol></section>
<section><h2>AnkiMobile</h2><ol>
<li>Preferences, Syncing, Custom server.</li>
<li>Type the address there.</li>
<li>Tap Synchronize and log in.</li></ol></section>
</div>
<ul aria-live="polite">
<li id="sync" hidden>Collections: <span>…</span></li>
<li id="msync" hidden>Images and sounds: <span>…</span></li>
</ul>
<p class="last">Name and password are those that whoever runs this server gave you.</p>
</main>
<script nonce="{{nonce}}">
const address = document.getElementById("address").textContent
const copy = document.getElementById("copy")
if (navigator.clipboard) {
  copy.hidden = false
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(address)
    document.getElementById("copied").textContent = "Copied."
  })
}
// Any answer of the service itself will do: nobody is logged in here.
for (const [service, path] of [["sync", "sync/meta"], ["msync", "msync/begin"]]) {
  const line = document.getElementById(service)
  const word = line.querySelector("span")
  line.hidden = false
  fetch(new URL(path, address), {method: "POST"}).then(
    answer => answer.status < 500 && answer.status !== 404, () => false).then(answers => {
      word.textContent = answers ? "answering" : "not answering"
      word.className = answers ? "well" : "ill"
    })
}
</script>
</body>
</html>
)html";

}  // namespace ankisync
