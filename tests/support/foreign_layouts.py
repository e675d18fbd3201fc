# SPDX-License-Identifier: AGPL-3.0-or-later
"""Data folders of other sync servers, made of what the official server left.

LAYOUTS[name](root, official base, {user: password}, {user: hkey}). Facts: docs/other-servers.md
"""
import contextlib
import hashlib
import shutil
import sqlite3


def python_hash(user, password, salt="0011223344556677"):
    return hashlib.sha256((user + password + salt).encode()).hexdigest() + salt


def key_of(layout, user, password, hkey):
    """What devices hold after a login there."""
    return python_hash(user, password) if layout == "rs 1" else hkey


def classic(root, base, users, keys, folder_of=lambda user: user, index=None, name_column="username"):
    accounts(root, users, name_column)
    sessions(root, {user: (key, f"/srv/elsewhere/{folder_of(user)}") for user, key in keys.items()}, name_column)
    for user in users:
        collection(base / user, root / "collections" / folder_of(user), (index or classic_index))


def ancient(root, base, users, keys):
    classic(root, base, users, keys, name_column="user")


def cognito(root, base, users, keys):
    """No passwords, and folders that are not named like their users."""
    classic(root, base, users, keys, folder_of=lambda user: hashlib.md5(user.encode()).hexdigest())
    (root / "auth.db").unlink()


def seed(root, base, users, keys):
    classic(root, base, users, keys, index=seed_index)


def seed_upgraded(root, base, users, keys):
    """After it has upgraded a classic index: digits instead of hashes, sizes 0."""
    classic(root, base, users, keys, index=lambda *found: seed_index(*found, upgraded=True))


def rs_0(root, base, users, keys):
    classic(root, base, users, keys)


def rs_1(root, base, users, keys):
    accounts(root, users, "username")
    for user in users:
        shutil.copytree(base / user, root / "collections" / user)


LAYOUTS = {"classic": classic, "ancient": ancient, "cognito": cognito, "seed": seed, "seed upgraded": seed_upgraded, "rs 0": rs_0, "rs 1": rs_1}


def accounts(root, users, name_column):
    root.mkdir(parents=True, exist_ok=True)
    with database(root / "auth.db") as auth:
        auth.execute(f"create table auth ({name_column} varchar primary key, hash varchar)")
        auth.executemany("insert into auth values (?, ?)", [(user, python_hash(user, pw)) for user, pw in users.items()])


def sessions(root, sessions_of, name_column):
    with database(root / "session.db") as session:
        session.execute(f"create table session (hkey varchar primary key, skey varchar, {name_column} varchar, path varchar)")
        session.executemany("insert into session values (?, 'abc', ?, ?)",
                            [(key, user, path) for user, (key, path) in sessions_of.items()])


def collection(official, folder, write_index):
    folder.mkdir(parents=True)
    for file in official.glob("collection.anki2*"):
        shutil.copy(file, folder)
    shutil.copytree(official / "media", folder / "collection.media")
    (folder / "collection.media" / ".tmp_left").write_text("over")
    with database(official / "media.db") as index:
        rows = index.execute("select fname, csum, size, usn, mtime from media").fetchall()
    write_index(folder / "collection.media.server.db", rows)


def classic_index(path, rows):
    with database(path) as index:
        index.execute("create table media (fname text not null primary key, usn int not null, csum text)")
        index.executemany("insert into media values (?, ?, ?)",
                          [(name, usn, csum.hex() if size else None) for name, csum, size, usn, _ in rows])


def seed_index(path, rows, upgraded=False):
    with database(path) as index:
        index.executescript("""
            create table media_operations (usn integer primary key, operation text, fname text, csum blob, size integer,
                                           timestamp integer);
            create table media_current (fname text primary key, csum blob, size integer, added_usn integer, mtime integer);
            create table meta (last_usn integer, total_bytes integer, total_nonempty_files integer);
            pragma user_version = 5;""")
        for name, csum, size, usn, mtime in rows:
            csum, bytes_told = (csum.hex(), 0) if upgraded else (csum, size)
            if size:
                index.execute("insert into media_operations values (?, 'add', ?, ?, ?, ?)",
                              (usn, name, csum, bytes_told, mtime))
                index.execute("insert into media_current values (?, ?, ?, 0, ?)", (name, csum, bytes_told, mtime))
            else:
                index.execute("insert into media_operations values (?, 'remove', ?, null, null, ?)", (usn, name, mtime))
        index.execute("insert into meta values (?, 0, 0)", (max((row[3] for row in rows), default=0),))


@contextlib.contextmanager
def database(path):
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        yield connection
