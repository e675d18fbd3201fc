# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages hold together: links and their anchors lead somewhere, no page is long, and what sources cite exists.

The tests that docs/reliability.md names exist, pictures are small and shown somewhere, the changelog begins with this version.

Sources cite sections of the protocol by number, as in "docs/protocol.md, 8.6" or "docs/protocol.md, media, 1.9". A section
is a heading that begins with its number, in docs/protocol/; those of media-*.md are the media part's.

  python3 links_test.py ROOT     prints what is broken, a line each; exit status 1 if there is anything
"""
import re
import subprocess
import sys
from pathlib import Path

LINES_MAX = 200
PICTURE_BYTES_MAX = 150_000
COLLECTION, MEDIA = "collection sync", "media"  # the protocol's two parts, each with numbers of its own
HEADING = re.compile(r"#{1,6} (.+)")
LINK = re.compile(r"\]\(([^)\s]+)\)")
NUMBER = re.compile(r"\d+(?:\.\d+)*")
CITED_PAGE = re.compile(r"\bdocs/[\w/-]+\.md\b")
CITED_SECTIONS = re.compile(rf"docs/protocol\.md((?:[\s,;()]|and|to|media|collection sync|sections?|{NUMBER.pattern})+)")
PART_OR_NUMBER = re.compile(rf"media|collection sync|{NUMBER.pattern}")
TEST = re.compile(r"^def (test_\w+)", re.MULTILINE)
NAMED_TEST = re.compile(r"`(test_\w+)`")
WRAP = re.compile(r"\s*\n\s*(?://|#)?\s*")  # a comment that goes on in the next line
SOURCES = (".h", ".cpp", ".proto", ".py", ".cmake", ".txt", ".yaml", ".yml", ".sh", "/dev", "/run")


def listed(root):
    names = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return [root / name for name in names.splitlines() if (root / name).is_file()]


def prose(text):
    """The lines outside fenced code."""
    fenced = False
    for line in text.splitlines():
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced:
            yield line


def headings(page):
    return [match[1] for line in prose(page.read_text()) if (match := HEADING.fullmatch(line))]


def anchors(page):
    """As GitHub makes them."""
    found = set()
    for heading in headings(page):
        anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        number = 0
        while (name := f"{anchor}-{number}" if number else anchor) in found:
            number += 1
        found.add(name)
    return found


def broken_links(page, root):
    for line in prose(page.read_text()):
        for target in LINK.findall(re.sub(r"`[^`]*`", "", line)):
            if re.match(r"\w+:", target):
                continue
            path, _, anchor = target.partition("#")
            aim = (page.parent / path).resolve() if path else page
            if not aim.exists() or not aim.is_relative_to(root):
                yield f"{target}: there is no such file"
            elif anchor and anchor not in anchors(aim):
                yield f"{target}: no heading has this anchor"


def sections(root):
    """(part, number) of every numbered heading of the protocol's pages; of 9.2.1, also 9."""
    found = set()
    for page in (root / "docs/protocol").glob("*.md"):
        part = MEDIA if page.name.startswith("media-") else COLLECTION
        for heading in headings(page):
            if match := NUMBER.match(heading):
                levels = match[0].split(".")
                found |= {(part, ".".join(levels[:count])) for count in range(1, len(levels) + 1)}
    return found


def broken_citations(source, root, known):
    text = WRAP.sub(" ", source.read_text())
    for page in set(CITED_PAGE.findall(text)):
        if not (root / page).exists():
            yield f"cites {page}, which does not exist"
    for run in CITED_SECTIONS.findall(text):
        part = COLLECTION
        for word in PART_OR_NUMBER.findall(run):
            if not word[0].isdigit():
                part = word
            elif (part, word) not in known:
                yield f"cites section {word} of docs/protocol.md, {part}, which does not exist"


def broken_names_of_tests(page, root):
    known = {name for file in root.glob("tests/**/test_*.py") for name in TEST.findall(file.read_text())}
    return [f"names {name}, which is no test" for name in NAMED_TEST.findall(page.read_text()) if name not in known]


def unlisted(index, pages):
    """Pages that the index does not link."""
    linked = {(index.parent / target.partition("#")[0]).resolve() for target in LINK.findall(index.read_text())}
    return [f"does not link {page.name}" for page in pages if page not in linked and page != index]


def troubles_of_pictures(pictures, pages, root):
    shown = {(page.parent / target).resolve() for page in pages for target in LINK.findall(page.read_text())}
    for picture in pictures:
        if picture not in shown:
            yield f"{picture.relative_to(root)}: no page shows it"
        if (size := picture.stat().st_size) > PICTURE_BYTES_MAX:
            yield f"{picture.relative_to(root)}: {size} bytes, at most {PICTURE_BYTES_MAX} are wanted"


def stale_versions(root):
    version = re.search(r"^project\(\w+ VERSION (\S+)", (root / "CMakeLists.txt").read_text(), re.MULTILINE)[1]
    newest = re.search(r"^## (\d\S*?),? ", (root / "CHANGELOG.md").read_text(), re.MULTILINE)[1]
    return [] if newest == version else [f"CHANGELOG.md: begins with {newest}, the program is {version}"]


def complaints(root):
    files = listed(root)
    pages = [file for file in files if file.suffix == ".md"]
    yield from troubles_of_pictures([file for file in files if file.suffix == ".png"], pages, root)
    yield from stale_versions(root)
    known = sections(root)
    for file in files:
        name = file.relative_to(root)
        if file.suffix == ".md":
            count = len(file.read_text().splitlines())
            if count > LINES_MAX:
                yield f"{name}: {count} lines, at most {LINES_MAX} are wanted"
            yield from (f"{name}: {trouble}" for trouble in broken_links(file, root))
        elif str(file).endswith(SOURCES) and file != Path(__file__).resolve():
            yield from (f"{name}: {trouble}" for trouble in broken_citations(file, root, known))
    page = "docs/reliability.md"
    yield from (f"{page}: {trouble}" for trouble in broken_names_of_tests(root / page, root))
    for index, folder in [("docs/README.md", "docs"), ("docs/protocol.md", "docs/protocol"), ("docs/runbooks/README.md", "docs/runbooks")]:
        pages = sorted((root / folder).glob("*.md"))
        yield from (f"{index}: {trouble}" for trouble in unlisted(root / index, pages))


def main():
    found = list(complaints(Path(sys.argv[1]).resolve()))
    print("\n".join(found) or "every page holds together")
    sys.exit(1 if found else 0)


main()
