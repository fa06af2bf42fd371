"""The tables of a ledger file, and the triggers that let it only grow.

The triggers stop mistakes and show tampering by their absence; against the owner of the file only
signatures and outside heads help (design §8, specs/threat-model.md).
"""

from __future__ import annotations

from typing import Final

APPLICATION_ID: Final = 0x4C697568
"""`Liuh` in ASCII, in bytes 68–71 of the file."""
USER_VERSION: Final = 1

TABLES: Final = ("events", "head", "openings")

# OR REPLACE would delete a conflicting row without firing its DELETE trigger, so the INSERT trigger looks
# for every kind of conflict itself.
SCHEMA: Final = (
    """CREATE TABLE events (
  seq INTEGER PRIMARY KEY CHECK (seq >= 0),
  stream TEXT NOT NULL,
  ver INTEGER NOT NULL CHECK (ver >= 1),
  type TEXT NOT NULL,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  leaf BLOB NOT NULL UNIQUE CHECK (length(leaf) = 32),
  entry BLOB NOT NULL CHECK (length(entry) BETWEEN 1 AND 65535),
  UNIQUE (stream, ver)
) STRICT""",
    """CREATE TABLE head (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  origin TEXT NOT NULL,
  size INTEGER NOT NULL CHECK (size >= 0),
  leaf BLOB NOT NULL CHECK (length(leaf) = 32),
  root BLOB NOT NULL CHECK (length(root) = 32),
  time TEXT NOT NULL,
  frontier BLOB NOT NULL CHECK (length(frontier) % 32 = 0)
) STRICT""",
    """CREATE TABLE openings (
  commitment BLOB PRIMARY KEY CHECK (length(commitment) = 32),
  salt BLOB NOT NULL CHECK (length(salt) = 16),
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID""",
    """CREATE TRIGGER events_only_follow BEFORE INSERT ON events
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq) + 1, 0) FROM events)
  OR NEW.ver IS NOT (SELECT coalesce(max(ver) + 1, 1) FROM events WHERE stream = NEW.stream)
  OR EXISTS (SELECT 1 FROM events WHERE id = NEW.id)
  OR EXISTS (SELECT 1 FROM events WHERE leaf = NEW.leaf)
BEGIN SELECT RAISE(ABORT, 'entries are only added at the end, once'); END""",
    """CREATE TRIGGER events_never_change BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'entries never change'); END""",
    """CREATE TRIGGER events_never_go BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'entries are never removed'); END""",
    """CREATE TRIGGER head_is_one BEFORE INSERT ON head
WHEN EXISTS (SELECT 1 FROM head)
BEGIN SELECT RAISE(ABORT, 'there is one head'); END""",
    """CREATE TRIGGER head_only_advances BEFORE UPDATE ON head
WHEN NEW.one IS NOT 1 OR NEW.origin IS NOT OLD.origin OR NEW.size <= OLD.size
  OR NEW.leaf IS NOT (SELECT leaf FROM events WHERE seq = NEW.size - 1)
  OR EXISTS (SELECT 1 FROM events WHERE seq >= NEW.size)
BEGIN SELECT RAISE(ABORT, 'the head is the last entry'); END""",
    """CREATE TRIGGER head_never_goes BEFORE DELETE ON head
BEGIN SELECT RAISE(ABORT, 'the head is never removed'); END""",
    """CREATE TRIGGER openings_never_change BEFORE UPDATE ON openings
BEGIN SELECT RAISE(ABORT, 'openings never change'); END""",
)
