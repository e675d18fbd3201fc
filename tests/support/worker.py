# SPDX-License-Identifier: AGPL-3.0-or-later
"""One real Anki client: runs in the python of the client version under test and does what its standard input says.

Each line of input is {"do": method, "with": {arguments}}; each line of output {"result": …} or {"error": {type, kind,
message}}. The methods are those of Client. A collection is opened when first needed; close() gives its file free.
"""
import contextlib
import hashlib
import inspect
import json
import os
import sys
import threading
import time
from pathlib import Path

from anki.collection import Collection
from anki.sync import SyncAuth

OUTCOMES = ["no changes", "normal", "full", "download", "upload"]  # SyncCollectionResponse.ChangesRequired

# What differs between the versions of the client, 2.1.45 to the newest.
TAKES_ENDPOINT = "endpoint" in SyncAuth.DESCRIPTOR.fields_by_name  # before, the environment says which server it is
TAKES_MEDIA_TOO = "sync_media" in inspect.signature(Collection.sync_collection).parameters
KEEPS_TRANSACTION = "trx" in inspect.signature(Collection.save).parameters  # open, and whoever syncs must end it

STAMPED = {"notes": "mod", "cards": "mod", "decks": "mtime_secs", "deck_config": "mtime_secs",
           "notetypes": "mtime_secs"}  # the column with the second of the last edit


class Client:
    def __init__(self):
        self.path = None
        self._col = None
        self.auth = None
        self.now = 0  # seconds, of the media folder

    def choose(self, path):
        """The collection that everything from now on is about."""
        self.close()
        self.path, self.auth = path, None

    @property
    def col(self):
        if not self._col:
            self._col = Collection(self.path)
        return self._col

    def close(self):
        if self._col:
            self._col.close()
            self._col = None

    # -- syncing

    def login(self, user, password, url):
        self.use_key("", url)
        self.use_key(self.col.sync_login(user, password, *[url] * TAKES_ENDPOINT).hkey, url)
        return self.auth.hkey

    def use_key(self, hkey, url):
        if TAKES_ENDPOINT:
            self.auth = SyncAuth(hkey=hkey, endpoint=url, io_timeout_secs=30)
        else:
            self.auth = SyncAuth(hkey=hkey)
            os.environ["SYNC_ENDPOINT"], os.environ["SYNC_ENDPOINT_MEDIA"] = url + "sync/", url + "msync/"

    def trust(self, certificate):
        """Takes this authority's word on servers, and no other's."""
        os.environ["SSL_CERT_FILE"] = certificate

    def ask_proxy(self, url):
        """Has it find all servers, such as those whose names no DNS knows."""
        os.environ["http_proxy"] = url

    def _heard(self, answer):
        """As Anki's window does with an answer: the address that a server sent it to is the one from now on."""
        if getattr(answer, "new_endpoint", ""):
            self.auth.endpoint = answer.new_endpoint
        return OUTCOMES[answer.required]

    def endpoint(self):
        return self.auth.endpoint

    def status(self):
        return self._heard(self.col.sync_status(self.auth))

    def sync(self):
        """Syncs; "no changes" means that both sides are the same now, any other word that a full sync is needed."""
        with self._committed():
            return self._heard(self.col.sync_collection(self.auth, *[False] * TAKES_MEDIA_TOO))

    def sync_answer(self):
        """As sync(), but with what the server wants said: [outcome, message]."""
        with self._committed():
            answer = self.col.sync_collection(self.auth, *[False] * TAKES_MEDIA_TOO)
        return [self._heard(answer), answer.server_message]

    @contextlib.contextmanager
    def _committed(self):
        if KEEPS_TRANSACTION:
            self.col.save(trx=False)
        try:
            yield
        finally:
            if KEEPS_TRANSACTION:
                self.col.db.begin()
            self.col.models._clear_cache()  # as Anki's window does: what the library remembers may have changed

    def sync_and_cancel(self, seconds):
        """The person presses Cancel after that time."""
        threading.Timer(seconds, self.col.abort_sync).start()
        return self.sync()

    def upload(self):
        self._full_sync(upload=True)

    def download(self):
        self._full_sync(upload=False)

    def _full_sync(self, upload):
        self.col.close_for_full_sync()
        try:
            if hasattr(self.col, "full_upload_or_download"):
                self.col.full_upload_or_download(auth=self.auth, server_usn=None, upload=upload)
            else:
                (self.col.full_upload if upload else self.col.full_download)(self.auth)
        except BaseException:
            with contextlib.suppress(Exception):  # some versions have opened it again by themselves
                self.col.reopen(after_full_sync=KEEPS_TRANSACTION)
            raise
        self.col.reopen(after_full_sync=True)

    def sync_media(self):
        """Returns when it is done, or raises what stopped it."""
        self.col.sync_media(self.auth)
        while hasattr(self.col, "media_sync_status") and self.col.media_sync_status().active:
            time.sleep(0.01)  # an old client comes back only now

    def sync_with_media(self):
        """As the Sync button does: the collection's answer tells whether there is media to fetch."""
        outcome = self._heard(self.col.sync_collection(self.auth, True))
        while self.col.media_sync_status().active:
            time.sleep(0.01)
        return outcome

    def export_collection(self, path, legacy):
        """A .colpkg of everything."""
        self.col.export_collection_package(path, include_media=True, legacy=legacy)
        self._col = None  # the client has closed it

    def import_collection(self, path):
        backend, media = self.col._backend, Path(self.path).with_name("collection.media")
        self.col.close()
        backend.import_collection_package(
            col_path=self.path, backup_path=path, media_folder=str(media), media_db=f"{media}.db2")
        self._col = None

    # -- reading

    def sql(self, statement, *values):
        return self.col.db.all(statement, *values)

    def change(self, statement, *values):
        """A change that no button of the client makes; it is to be synced like any other."""
        self.col.db.execute(statement, *values)
        self.col.db.execute("update col set mod = max(mod + 1, ?)", int(time.time() * 1000))

    def made_at(self, began, second, skew):
        """What was done since began (by the clock) was done at second, by a clock that is off by skew seconds."""
        for table, column in STAMPED.items():
            self.col.db.execute(f"update {table} set {column} = ? where usn = -1 and {column} >= ?", second, began)
        mod, = self.col.db.first("select mod from col")
        if mod >= began * 1000:
            self.col.db.execute("update col set mod = ?", mod + skew * 1000)

    def undo(self):
        self.col.undo()

    def redo(self):
        self.col.redo()

    def export_package(self, path, scheduling=True):
        from anki.collection import ExportAnkiPackageOptions

        self.col.export_anki_package(out_path=path, limit=None, options=ExportAnkiPackageOptions(
            with_scheduling=scheduling, with_deck_configs=scheduling, with_media=False, legacy=False))

    def import_package(self, path, **options):
        from anki.collection import ImportAnkiPackageOptions, ImportAnkiPackageRequest

        self.col.import_anki_package(ImportAnkiPackageRequest(
            package_path=path, options=ImportAnkiPackageOptions(**options)))

    def check_database(self):
        """The problems that Check Database names; the last line, which it always has, is left out."""
        problems, ok = self.col.fix_integrity()
        lines = problems.translate({0x2068: None, 0x2069: None}).splitlines()  # marks of writing direction
        return [] if ok else lines[:-1] or lines

    def today(self):
        return self.col.sched.today

    # -- notes and cards

    def add_notes(self, notes, deck="Default", notetype="Basic"):
        """notes: [[field, …], "tag tag"] each."""
        kind, home = self.col.models.by_name(notetype), self.col.decks.id(deck)
        added = []
        for fields, tags in notes:
            note = self.col.new_note(kind)
            note.fields = fields
            note.tags = tags.split()
            added.append(note)
        if hasattr(self.col, "add_notes"):
            from anki.collection import AddNoteRequest

            self.col.add_notes([AddNoteRequest(note=note, deck_id=home) for note in added])
        else:
            for note in added:
                self.col.add_note(note, home)
        return [note.id for note in added]

    def edit_note(self, note, fields=None, tags=None):
        held = self.col.get_note(note)
        if fields is not None:
            held.fields = fields
        if tags is not None:
            held.tags = tags.split()
        self.col.update_note(held)

    def remove_notes(self, notes):
        self.col.remove_notes(notes)

    def cards(self, query):
        return list(self.col.find_cards(query))

    def notes(self, query):
        return list(self.col.find_notes(query))

    def fields(self, note):
        return list(self.col.get_note(note).fields)

    def move_cards(self, cards, deck):
        self.col.set_deck(cards, self.col.decks.id(deck))

    def answer(self, cards, button):
        if KEEPS_TRANSACTION:
            self.col.sched.reset()  # counts of which an answer takes one
        for number in cards:
            card = self.col.get_card(number)
            card.start_timer()
            # A review's id is its millisecond or the next free one; one that slips into the next second so makes Check
            # Database mend the card's last review time. No person is that quick.
            time.sleep(0.001)
            self.col.sched.answerCard(card, button)

    def suspend(self, cards):
        self.col.sched.suspend_cards(cards)

    def bury(self, cards):
        self.col.sched.bury_cards(cards)

    def flag(self, cards, flag):
        self.col.set_user_flag_for_cards(flag, cards)

    def set_due(self, cards, days):
        self.col.sched.set_due_date(cards, days)

    def forget(self, cards):
        self.col.sched.schedule_cards_as_new(cards)

    def reposition(self, cards, start):
        self.col.sched.reposition_new_cards(
            card_ids=cards, starting_from=start, step_size=1, randomize=False, shift_existing=False)

    # -- decks and presets

    def add_deck(self, name):
        return self.col.decks.id(name)

    def rename_deck(self, name, new_name):
        self.col.decks.rename(self.col.decks.id(name), new_name)

    def edit_deck(self, name, keys):
        deck = self.col.decks.by_name(name)
        deck.update(keys)
        self.col.decks.update_dict(deck)

    def deck(self, name):
        return self.col.decks.by_name(name)

    def collapse_deck(self, name):
        self.col.decks.collapse(self.col.decks.id(name))

    def remove_deck(self, name):
        self.col.decks.remove([self.col.decks.id(name)])

    def add_filtered_deck(self, name, search):
        deck = self.col.sched.get_or_create_filtered_deck(0)
        deck.name = name
        deck.config.search_terms[0].search = search
        del deck.config.search_terms[1:]
        self.col.sched.add_or_update_filtered_deck(deck)

    def rebuild(self, name):
        self.col.sched.rebuild_filtered_deck(self.col.decks.id(name))

    def empty(self, name):
        self.col.sched.empty_filtered_deck(self.col.decks.id(name))

    def deck_names(self):
        return sorted(deck.name for deck in self.col.decks.all_names_and_ids())

    def preset_names(self):
        return sorted(preset["name"] for preset in self.col.decks.all_config())

    def add_preset(self, name):
        return self.col.decks.add_config(name)["id"]

    def edit_preset(self, name, keys):
        """Keys may name a sub-object: {"new.perDay": 7}."""
        preset = self.preset(name)
        for key, value in keys.items():
            *parents, last = key.split(".")
            target = preset
            for parent in parents:
                target = target[parent]
            target[last] = value
        self.col.decks.update_config(preset)

    def preset(self, name):
        return next(preset for preset in self.col.decks.all_config() if preset["name"] == name)

    def use_preset(self, deck, preset):
        held = self.col.decks.by_name(deck)
        self.col.decks.set_config_id_for_deck_dict(held, self.preset(preset)["id"])

    def remove_preset(self, name):
        self.col.decks.remove_config(self.preset(name)["id"])

    # -- notetypes

    def add_notetype(self, name, fields, templates):
        """templates: [name, question, answer] each."""
        kind = self.col.models.new(name)
        for field in fields:
            self.col.models.add_field(kind, self.col.models.new_field(field))
        for template_name, question, answer in templates:
            template = self.col.models.new_template(template_name)
            template["qfmt"], template["afmt"] = question, answer
            self.col.models.add_template(kind, template)
        self.col.models.add(kind)

    def edit_notetype(self, name, keys=None, template=None, field=None):
        """New values for keys of the notetype, of its first template and of its first field."""
        kind = self.col.models.by_name(name)
        kind.update(keys or {})
        kind["tmpls"][0].update(template or {})
        kind["flds"][0].update(field or {})
        self.col.models.update_dict(kind)

    def notetype(self, name):
        return self.col.models.by_name(name)

    def notetype_names(self):
        return sorted(kind.name for kind in self.col.models.all_names_and_ids())

    def notetype_of(self, note):
        return self.col.get_note(note).note_type()["name"]

    def add_field(self, notetype, field):
        kind = self.col.models.by_name(notetype)
        self.col.models.add_field(kind, self.col.models.new_field(field))
        self.col.models.update_dict(kind)

    def remove_field(self, notetype, index):
        kind = self.col.models.by_name(notetype)
        self.col.models.remove_field(kind, kind["flds"][index])
        self.col.models.update_dict(kind)

    def add_template(self, notetype, name, question, answer):
        kind = self.col.models.by_name(notetype)
        template = self.col.models.new_template(name)
        template["qfmt"], template["afmt"] = question, answer
        self.col.models.add_template(kind, template)
        self.col.models.update_dict(kind)

    def remove_template(self, notetype, index):
        kind = self.col.models.by_name(notetype)
        self.col.models.remove_template(kind, kind["tmpls"][index])
        self.col.models.update_dict(kind)

    def change_notetype(self, notes, old, new):
        old, new = self.col.models.by_name(old), self.col.models.by_name(new)
        info = self.col.models.change_notetype_info(old_notetype_id=old["id"], new_notetype_id=new["id"])
        info.input.note_ids.extend(notes)
        self.col.models.change_notetype_of_notes(info.input)

    def remove_notetype(self, name):
        self.col.models.remove(self.col.models.by_name(name)["id"])

    # -- media

    def add_media(self, name, text):
        return self.col.media.write_data(name, text.encode())

    def remove_media(self, names):
        self.col.media.trash_files(names)

    def media(self):
        """{name: content} of the folder, whether the client knows of it or not."""
        return {file.name: file.read_text() for file in self._media_files()}

    def media_hashes(self):
        return {file.name: hashlib.sha1(file.read_bytes()).hexdigest() for file in self._media_files()}

    def _media_files(self):
        return Path(self.col.media.dir()).iterdir()

    def put_media(self, files):
        """By hand, as the file manager does: {name: text}, or {name: [text, how often]}."""
        for name, content in files.items():
            text, times = (content, 1) if isinstance(content, str) else content
            beside = Path(self.path).with_name("on its way")
            beside.write_bytes(text.encode() * times)
            self._touch(beside)
            beside.replace(Path(self.col.media.dir()) / name)
        self._touch(self.col.media.dir())

    def unlink_media(self, names):
        """By hand too: no trash."""
        for name in names:
            (Path(self.col.media.dir()) / name).unlink()
        self._touch(self.col.media.dir())

    def _touch(self, path):
        """Old clients look at whole seconds, and a person is not so quick as to change a thing twice in one."""
        self.now = max(self.now + 2, int(time.time()))
        os.utime(path, (self.now, self.now))

    def check_media(self):
        """What Check Media complains of: names that notes use and the folder lacks, and the other way round."""
        found = self.col.media.check()
        return {"missing": sorted(found.missing), "unused": sorted(found.unused)}

    # -- tags and configuration

    def add_tags(self, notes, tags):
        self.col.tags.bulk_add(notes, tags)

    def rename_tag(self, old, new):
        self.col.tags.rename(old, new)

    def remove_tag(self, tag):
        self.col.tags.remove(tag)

    def clear_tags(self):
        self.col.tags.clear_unused_tags()

    def collapse_tag(self, tag):
        self.col.tags.set_collapsed(tag, True)

    def set_config(self, key, value):
        self.col.set_config(key, value)

    def get_config(self, key):
        return self.col.get_config(key)

    def remove_config(self, key):
        self.col.remove_config(key)


def main():
    # Whatever the client prints must not end up between the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    client = Client()
    for line in sys.stdin:
        order = json.loads(line)
        try:
            arguments = order["with"]
            named = arguments.pop()
            answer = {"result": getattr(client, order["do"])(*arguments, **named)}
        except Exception as error:
            kind = getattr(getattr(error, "kind", None), "name", "")
            answer = {"error": {"type": type(error).__name__, "kind": kind, "message": str(error)}}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
    client.close()


main()
