# SPDX-License-Identifier: AGPL-3.0-or-later
"""Somebody at the real window of Anki: goes the way that the start page describes, and takes pictures.

Run by walk.py, with the python that has aqt:  person.py PROFILE_FOLDER PICTURES ADDRESS first|second
"first" has cards and uploads them, then studies on and syncs; "second" is a new computer that gets them.
Whatever is clicked and typed here goes to the widgets that a person would click and type at.
"""
import os
import sys
import time
from pathlib import Path

import aqt
from aqt.profiles import ProfileManager, VideoDriver
from aqt.qt import QApplication, QDialog, QDialogButtonBox, QLineEdit, QMessageBox, QPushButton, QTimer
from PyQt6.QtTest import QTest

NAME, PASSWORD = "ada", "lovelace"
SCREEN = (1000, 770)
STEP_SECONDS_MAX = 60


class Person:
    def __init__(self, pictures, address):
        self._pictures, self._address = pictures, address

    # What a step waits for: the widget is there, or not yet (None).

    @staticmethod
    def dialog(kind=QDialog, text=""):
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, kind) and widget.isVisible() and text in getattr(widget, "text", str)():
                return widget

    @staticmethod
    def button(dialog, text):
        return next((one for one in dialog.findChildren(QPushButton) if one.text().replace("&", "") == text and one.isVisible()), None)

    def picture(self, name):
        """Of the whole screen, as it is seen."""
        QApplication.primaryScreen().grabWindow(0).save(str(self._pictures / f"{name}.png"))

    def types(self, field, text):
        field.clear()
        QTest.keyClicks(field, text)
        assert field.text() == text

    # A step yields what it waits for, and goes on with it.

    def sets_the_address(self, name):
        aqt.mw.onPrefs()
        preferences = yield lambda: self.dialog(aqt.preferences.Preferences)
        preferences.form.tabWidget.setCurrentWidget(preferences.form.tab_2)
        self.types(preferences.form.custom_sync_url, self._address)
        yield from self.looks(preferences, name)
        QTest.mouseClick(self.button(preferences, "Close"), aqt.qt.Qt.MouseButton.LeftButton)
        yield lambda: not self.dialog(aqt.preferences.Preferences)

    def logs_in(self, name):
        aqt.mw.on_sync_button_clicked()
        login = yield lambda: next((one for one in QApplication.topLevelWidgets()
                                    if one.isVisible() and isinstance(one, QDialog) and len(one.findChildren(QLineEdit)) == 2), None)
        user, password = login.findChildren(QLineEdit)
        self.types(user, NAME)
        self.types(password, PASSWORD)
        yield from self.looks(login, name)
        QTest.mouseClick(login.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok), aqt.qt.Qt.MouseButton.LeftButton)

    def answers(self, text, name):
        """Anki's question whether this side or that one shall be kept, with yes."""
        question = yield lambda: self.dialog(QMessageBox, text)
        yield from self.looks(question, name)
        QTest.mouseClick(question.defaultButton() or question.buttons()[0], aqt.qt.Qt.MouseButton.LeftButton)
        yield lambda: not self.dialog(QMessageBox)

    def looks(self, window, name):
        """At a dialog, and takes a picture of it if it is to have a name."""
        frame = window.frameGeometry()
        window.move((SCREEN[0] - frame.width()) // 2, (SCREEN[1] - frame.height()) // 2)
        yield from self.waits(1)
        if name:
            self.picture(name)

    @staticmethod
    def waits(seconds):
        until = time.monotonic() + seconds
        yield lambda: time.monotonic() > until

    def is_in_step(self):
        """The collection and its media are synced and Anki shows the decks."""
        syncer = aqt.mw.media_syncer
        return aqt.mw.col and aqt.mw.pm.sync_auth() and not syncer.is_syncing() and not aqt.mw.progress.busy() and aqt.mw.state == "deckBrowser"

    @staticmethod
    def media():
        return [path.name for path in Path(aqt.mw.col.media.dir()).iterdir()]

    def adds(self, deck, front, back):
        col = aqt.mw.col
        note = col.new_note(col.models.by_name("Basic"))
        note["Front"], note["Back"] = front, back
        col.add_note(note, col.decks.id(deck))

    def first(self):
        for front, back in [("house", "Haus"), ("tree", "Baum"), ("river", "Fluss")]:
            self.adds("German", front, back)
        aqt.mw.col.media.write_data("sound.txt", b"a medium")
        aqt.mw.reset()
        yield from self.sets_the_address("preferences")
        yield from self.logs_in("login")
        yield from self.answers("AnkiWeb", "upload")
        yield self.is_in_step
        yield from self.waits(1)
        self.adds("German", "bridge", "Brücke")
        aqt.mw.on_sync_button_clicked()
        yield from self.waits(1)
        yield self.is_in_step

    def second(self):
        yield from self.sets_the_address(None)
        yield from self.logs_in(None)
        yield from self.answers("AnkiWeb", None)
        yield self.is_in_step
        yield lambda: list(self.media())
        yield self.is_in_step
        yield from self.waits(1)
        self.picture("decks")
        print("notes:", sorted(aqt.mw.col.db.list("select sfld from notes")), "media:", sorted(self.media()), flush=True)


def main(base, pictures, address, which):
    manager = ProfileManager(Path(base))
    manager.setupMeta()
    manager.create("User 1")
    manager.load("User 1")
    manager.meta.update(defaultLang="en_US", firstRun=False)
    manager.set_update_check(False)
    manager.set_video_driver(VideoDriver.Software)
    manager.save()
    manager.db.close()
    app = aqt._run(["anki", "-b", base, "-p", "User 1", "-l", "en_US"], exec=False)
    steps = getattr(Person(Path(pictures), address), which)()
    waits_for, since = (lambda: aqt.mw.state == "deckBrowser"), time.monotonic()
    steps_begun = False

    def goes_on():
        nonlocal waits_for, since, steps_begun
        if found := waits_for():
            try:
                waits_for, since = steps.send(found if steps_begun else None), time.monotonic()
                steps_begun = True
            except StopIteration:
                timer.stop()
                aqt.mw.unloadProfileAndExit()
        elif time.monotonic() - since > STEP_SECONDS_MAX:
            QApplication.primaryScreen().grabWindow(0).save(str(Path(base) / "stuck.png"))
            print("stuck: see", Path(base) / "stuck.png", flush=True)
            os._exit(1)

    timer = QTimer()
    timer.timeout.connect(goes_on)
    timer.start(100)
    QTimer.singleShot(0, aqt.mw.showMaximized)
    app.exec()


main(*sys.argv[1:])
