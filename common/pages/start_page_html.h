// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

// The page's text. {{address}}, {{code}}, {{lead}} and {{nonce}} are filled in; none of them can
// hold anything that HTML minds.
namespace ankisync {

inline constexpr char kArrivedLead[] =
    "You have reached it. Give Anki this address, then log in there.";
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
:root { --ink: #17212b; --soft: #4a5866; --paper: #f2f5f9; --glow: #dcebfb; --card: #fff; --line: #d8e0e8; --accent: #0b5fa5;
  --field: #eef4fa; --good: #17693a; --bad: #a3211a; --shade: 0 1px 2px #17212b14, 0 10px 30px #17212b12 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8eef4; --soft: #a9b6c3; --paper: #0f151b; --glow: #16283a; --card: #18212b; --line: #2c3845; --accent: #74bbff;
    --field: #0f1822; --good: #6fdc98; --bad: #ff9d94; --shade: 0 1px 2px #0006, 0 10px 30px #0004 }
}
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; font: 1rem/1.55 system-ui, sans-serif; color: var(--ink);
  background: radial-gradient(60rem 26rem at 50% -6rem, var(--glow), transparent), var(--paper) }
main { max-width: 58rem; margin: 0 auto; padding: clamp(1.5rem, 5vw, 4rem) 1.25rem 2.5rem }
header { display: flex; gap: 1.1rem; align-items: center }
.mark { flex: none; width: clamp(2.9rem, 9vw, 3.8rem); color: var(--accent) }
h1 { font-size: clamp(1.55rem, 5vw, 2.2rem); line-height: 1.2; letter-spacing: -.02em; margin: 0 }
h2 { font-size: 1.1rem; line-height: 1.3; margin: 0 0 .8rem }
p { margin: .2rem 0 0; color: var(--soft) }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 1rem; box-shadow: var(--shade) }
.address { display: flex; gap: 2rem; align-items: center; justify-content: space-between; margin: 1.9rem 0 1.1rem; padding: 1.6rem }
.address > div:first-child { flex: 1; min-width: 0 }
code { display: block; padding: .7rem .9rem; font: 600 1.15rem/1.4 ui-monospace, monospace; color: var(--accent);
  background: var(--field); border-radius: .6rem; overflow-wrap: anywhere; user-select: all }
.under { display: flex; flex-wrap: wrap; gap: .5rem 1.2rem; align-items: center; margin-top: 1rem; min-height: 2.5rem; color: var(--soft) }
button { padding: .5rem 1.3rem; font: inherit; font-weight: 600; color: var(--card); background: var(--accent);
  border: 0; border-radius: .6rem; cursor: pointer }
button:hover { filter: brightness(1.12) }
button:focus-visible { outline: 3px solid var(--ink); outline-offset: 3px }
.code { flex: none; width: 9.5rem; color: #000; background: #fff; border-radius: .6rem; line-height: 0 }
.apps { display: grid; gap: 1.1rem; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)) }
section { padding: 1.35rem 1.5rem 1.5rem }
ol { list-style: none; counter-reset: step; margin: 0; padding: 0 }
ol li { counter-increment: step; position: relative; padding-left: 2.1rem }
ol li + li { margin-top: .6rem }
ol li::before { content: counter(step); position: absolute; left: 0; top: .06rem; width: 1.4rem; height: 1.4rem; border-radius: 50%;
  font: 600 .8rem/1.4rem system-ui, sans-serif; text-align: center; color: var(--accent); background: var(--field) }
.hint { margin-top: .9rem; font-size: .9rem }
.services { display: flex; flex-wrap: wrap; gap: .4rem 1.4rem; list-style: none; margin: 0; padding: 0 }
.services span::before { content: "●"; margin: 0 .35em; font-size: .8em }
.well { color: var(--good) } .ill { color: var(--bad) }
[hidden] { display: none }
footer { margin-top: 1.6rem; color: var(--soft) }
@media (max-width: 38rem) {
  .address { flex-direction: column; align-items: stretch; gap: 1.3rem; padding: 1.25rem }
  .code { align-self: center }
  code { font-size: 1rem }
}
</style>
</head>
<body>
<main>
<header>
<svg class="mark" viewBox="0 0 48 48" aria-hidden="true"><rect x="13" y="4" width="28" height="34" rx="6" fill="currentColor" opacity=".3"/>
<rect x="6" y="10" width="28" height="34" rx="6" fill="currentColor"/>
<path d="M14 27a6.5 6.5 0 0 1 11.6-4M26 27a6.5 6.5 0 0 1-11.6 4M26.4 18.6V23H22M13.6 35.4V31H18" fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/></svg>
<div><h1>This is an Anki sync server</h1>
<p>{{lead}}</p></div>
</header>
<div class="address card">
<div>
<h2>Address for Anki</h2>
<code id="address">{{address}}</code>
<div class="under"><div><button id="copy" type="button" hidden>Copy</button> <span id="copied" role="status"></span></div>
<ul class="services" aria-live="polite">
<li id="sync" hidden>Cards<span>asking …</span></li>
<li id="msync" hidden>Images and sounds<span>asking …</span></li>
</ul></div>
</div>
<div class="code">{{code}}</div>
</div>
<div class="apps">
<section class="card"><h2>Anki on a computer</h2><ol>
<li>Open Tools, Preferences, Syncing. Logged in to AnkiWeb? <strong>Log Out</strong> there first.</li>
<li>Put the address into <strong>Self-hosted sync server</strong> and close the window.</li>
<li>Click <strong>Sync</strong> and log in; your name goes where Anki says <em>Email</em>.</li></ol></section>
<section class="card"><h2>AnkiDroid</h2><ol>
<li>Open Settings, Sync, <strong>Custom sync server</strong>.</li>
<li>Put the address into <strong>Sync url</strong>.</li>
<li>Go back to the decks, tap the sync button and log in.</li></ol></section>
<section class="card"><h2>AnkiMobile</h2><ol>
<li>Open Preferences, Syncing, <strong>Custom server</strong>.</li>
<li>Put the address there.</li>
<li>Tap <strong>Synchronize</strong> and log in.</li></ol>
<p class="hint">No connection at home? Settings of iOS, Anki: switch <em>Local Network</em> off and on.</p></section>
</div>
<footer>Name and password are those that whoever runs this server gave you, not those of AnkiWeb, even where Anki says “AnkiWeb”.</footer>
</main>
<script nonce="{{nonce}}">
// A proxy may have told the server less than the browser knows.
const address = location.origin + location.pathname.replace(/\/m?sync(\/.*)?$/, "").replace(/\/*$/, "/")
const shown = document.getElementById("address")
if (shown.textContent !== address) {
  shown.textContent = address
  document.querySelector(".code").hidden = true
}
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
